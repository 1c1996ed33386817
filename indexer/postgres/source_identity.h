// Which database, slot and publication an index was built from, and what a difference means.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/finding.h"
#include "schemas/op.h"

namespace aisle {

inline constexpr const char* identity_mark = "source_identity";

// Kept with the index as a mark.
struct SourceIdentity {
  std::string system_id;
  std::uint32_t timeline = 0;
  std::string slot;
  std::string publication;  // hash over the publication and the followed tables in it, by object id
  std::string id_type;      // of the root table's id, as "character_varying(20)"; "" = not known

  std::string text() const;
  static std::optional<SourceIdentity> parse(const std::string& mark);
  friend bool operator==(const SourceIdentity&, const SourceIdentity&) = default;
};

struct SlotState {
  std::string plugin;
  std::string database;
  std::string wal_status;  // reserved, extended, unreserved, lost
  Lsn confirmed = 0;
  Lsn restart = 0;
  int active_pid = 0;  // 0 = nobody holds it
};

// What the server says now.
struct SourceState {
  SourceIdentity identity;
  Lsn flushed = 0;  // end of the server's write-ahead log on disk
  std::string database;
  std::optional<SlotState> slot;
};

// Pure. `known` is what the index was built from, nothing for a new index; `index_lsn` the index's durable
// position.
std::vector<Finding> compare_source(const std::optional<SourceIdentity>& known, Lsn index_lsn,
                                    const SourceState& now);

}  // namespace aisle
