// The one small document that says which generation of an index is active, which is being built and which
// ranking version is published. Immutable once read; changed only by compare-and-set (indexer/state_store.h).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

struct GenerationRef {
  std::uint32_t number = 0;  // from 1
  std::uint32_t shards = 1;
  std::string schema_hash;
  int analyzer_version = 0;
  friend bool operator==(const GenerationRef&, const GenerationRef&) = default;
};

// Who changed what: one line for each change of the state, newest last.
struct StateChange {
  static constexpr std::size_t kept_max = 200;  // older ones leave the document

  std::string at;       // ISO 8601, UTC
  std::string who;      // as given by the caller
  std::string what;     // "switch 3 -> 4", "rollback 4 -> 3", "publish ranking 7", ...
  std::string comment;  // "" = none
  friend bool operator==(const StateChange&, const StateChange&) = default;
};

struct IndexState {
  static constexpr std::size_t bytes_max = 512U << 10U;  // encoded; a key-value entry is one message

  std::uint64_t version = 0;  // never falls; 0 only before the first replace()
  std::string
      change_id;  // random, made by the store at each replace(): tells one's own change from another's
  GenerationRef active;
  std::optional<GenerationRef> previous;  // still fed: rollback goes there
  std::optional<GenerationRef> building;
  std::uint32_t last_generation = 0;   // highest number ever given to one: none is given twice
  std::string switched_at;             // when `active` changed last: ISO 8601, UTC; "" = never
  std::uint32_t ranking = 0;           // published ranking version; 0 = the schema's weights, no rules
  std::uint32_t previous_ranking = 0;  // published before: rolling back goes there
  double min_coverage = 1.0;           // share of documents an answer needs, 0..1
  std::vector<StateChange> changes;
  friend bool operator==(const IndexState&, const IndexState&) = default;
};

// Whether it is the active one, the previous one or the one that is being built.
bool names_generation(const IndexState& state, std::uint32_t number);

// JSON. decode refuses what encode cannot have written: DataLoss, with a JSON pointer.
std::string encode_state(const IndexState& state);
Result<IndexState> decode_state(std::string_view text);

}  // namespace aisle
