// Versions of an index's ranking as they are kept: numbered, immutable, with who made them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "indexer/state_store.h"

namespace aisle {

struct RankingVersion {
  static constexpr std::size_t stored_max = 1000;  // drafts are refused above

  std::uint32_t number = 0;  // from 1
  std::string at;            // ISO 8601, UTC
  std::string who;
  std::string comment;
  std::string document;  // JSON as it was given, comments gone
};

// NotFound when there is none; DataLoss when it is not what add_version() writes.
Result<RankingVersion> read_version(StateStore& store, std::uint32_t number);

// Stores a document under the next number, which it returns. `document` was checked by the caller.
//   Conflict           somebody else took the number meanwhile
//   ResourceExhausted  stored_max are there and `draft` is set
struct NewVersion {
  std::string_view document;
  std::string who;
  std::string comment;
  bool draft = false;
};
Result<std::uint32_t> add_version(StateStore& store, const NewVersion& version);

}  // namespace aisle
