// Where the state of one index and its ranking versions live: a folder (FileStateStore) or JetStream
// key-value buckets. Every change is a compare-and-set; reads may be old, `version` never falls.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "schemas/index_state.h"

namespace aisle {

// Thread-safe.
class StateStore {
 public:
  virtual ~StateStore() = default;

  // As last known; nothing when the index has none yet.
  virtual Result<std::optional<IndexState>> read() = 0;

  // Stores `next` when the stored version still is `expected` (0: there is none yet), and returns it with its
  // version (expected + 1) and change_id.
  //   Conflict     somebody else changed it; names both versions. Read again and decide anew
  //   TooLarge     the encoded state passes IndexState::bytes_max
  //   Unavailable  not stored; try again
  virtual Result<IndexState> replace(std::uint64_t expected, IndexState next) = 0;

  // Waits until there is a version above `seen` and returns it; nothing when the deadline passes first.
  virtual Result<std::optional<IndexState>> wait(std::uint64_t seen, Deadline deadline) = 0;

  // Ranking versions: immutable texts by number, from 1.
  //   add_ranking   Conflict when the number is taken, TooLarge above IndexState::bytes_max
  //   ranking       NotFound
  virtual Status add_ranking(std::uint32_t number, std::string_view text) = 0;
  virtual Result<std::string> ranking(std::uint32_t number) = 0;
  virtual Result<std::vector<std::uint32_t>> rankings() = 0;  // numbers, ascending
};

}  // namespace aisle
