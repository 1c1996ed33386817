// What follows from what the members of a cluster tell of themselves. All pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/index_state.h"
#include "schemas/node_presence.h"

namespace aisle {

// What enough members have on disk of every shard of a generation: the LSN of the one that is `replicas`-th.
// 0 while there are not so many.
Lsn acknowledged_lsn(const std::vector<NodePresence>& members, std::string_view index,
                     const GenerationRef& generation, int replicas);

// Whether every member that may be asked for shards of the generation can answer with statistics of that
// hash.
bool statistics_known(const std::vector<NodePresence>& members, std::string_view index,
                      std::uint32_t generation, const std::string& hash);

// Why the generation cannot be searched on all members that serve and do not drain, a sentence each; empty
// when it can, or when there are no such members.
std::vector<std::string> not_ready(const std::vector<NodePresence>& members, std::string_view index,
                                   const GenerationRef& generation);

// A copy of a shard whose content is not that of the others.
struct DifferingCopy {
  std::string node;
  std::uint32_t generation = 0;
  std::uint32_t shard = 0;
  Seq seq = 0;  // where it was looked at
  friend bool operator==(const DifferingCopy&, const DifferingCopy&) = default;
};

// Of copies that looked at the same place of the log those that differ from most; from the leader's, where no
// more say the one than the other; none where it is silent then.
std::vector<DifferingCopy> differing_copies(const std::vector<NodePresence>& members, std::string_view index);

// The member that has most of a shard on disk, if that is more than up to `seq`, and no other history than
// the log's; nothing when none has more.
std::optional<std::string> longer_copy(const std::vector<NodePresence>& members, std::string_view index,
                                       std::uint32_t generation, std::uint32_t shard, Seq seq);

// Who feeds the index; nothing when nobody says so.
std::optional<std::string> leader_of(const std::vector<NodePresence>& members, std::string_view index);

const IndexPresence* find_index(const NodePresence& member, std::string_view index);
const GenerationPresence* find_generation(const NodePresence& member, std::string_view index,
                                          std::uint32_t number);

}  // namespace aisle
