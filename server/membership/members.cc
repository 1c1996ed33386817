#include "server/membership/members.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

namespace aisle {
namespace {

bool follows_another_history(const ShardPresence& shard) {
  return shard.trouble.starts_with("LOG_");
}

// Nothing is wrong with the copy, but with the log: it was lost, or ends before the copy does.
bool lacks_log(const ShardPresence& shard) {
  return shard.trouble.starts_with("LOG_SHORT") || shard.trouble.starts_with("LOG_GONE");
}

// Serves the index and is to have searches.
bool is_required(const NodePresence& member, std::string_view index) {
  return member.role == "serve" && !member.draining && find_index(member, index) != nullptr;
}

}  // namespace

const IndexPresence* find_index(const NodePresence& member, std::string_view index) {
  for (const IndexPresence& some : member.indexes) {
    if (some.index == index) return &some;
  }
  return nullptr;
}

const GenerationPresence* find_generation(const NodePresence& member, std::string_view index,
                                          std::uint32_t number) {
  const IndexPresence* found = find_index(member, index);
  if (found == nullptr) return nullptr;
  for (const GenerationPresence& held : found->generations) {
    if (held.number == number) return &held;
  }
  return nullptr;
}

Lsn acknowledged_lsn(const std::vector<NodePresence>& members, std::string_view index,
                     const GenerationRef& generation, int replicas) {
  std::vector<std::vector<Lsn>> durable(generation.shards);
  for (const NodePresence& member : members) {
    const GenerationPresence* held = find_generation(member, index, generation.number);
    if (held == nullptr || held->shards.size() != generation.shards) continue;
    for (std::uint32_t i = 0; i < generation.shards; ++i) {
      if (!member.shards.holds(i) || follows_another_history(held->shards[i])) continue;
      durable[i].push_back(held->shards[i].lsn);
    }
  }
  const auto wanted = static_cast<std::size_t>(std::max(replicas, 1));
  Lsn lowest = std::numeric_limits<Lsn>::max();
  for (std::vector<Lsn>& lsns : durable) {
    if (lsns.size() < wanted) return 0;
    std::ranges::sort(lsns, std::greater());
    lowest = std::min(lowest, lsns[wanted - 1]);
  }
  return durable.empty() ? 0 : lowest;
}

bool statistics_known(const std::vector<NodePresence>& members, std::string_view index,
                      std::uint32_t generation, const std::string& hash) {
  return std::ranges::all_of(members, [&](const NodePresence& member) {
    const GenerationPresence* held = find_generation(member, index, generation);
    return member.role != "serve" || held == nullptr || !held->ready ||
           std::ranges::find(held->statistics, hash) != held->statistics.end();
  });
}

std::vector<std::string> not_ready(const std::vector<NodePresence>& members, std::string_view index,
                                   const GenerationRef& generation) {
  std::vector<std::string> reasons;
  std::vector<bool> held_somewhere(generation.shards);
  bool any = false;
  for (const NodePresence& member : members) {
    if (!is_required(member, index)) continue;
    any = true;
    for (std::uint32_t i = 0; i < generation.shards; ++i) {
      if (member.shards.holds(i)) held_somewhere[i] = true;
    }
    const GenerationPresence* held = find_generation(member, index, generation.number);
    if (held != nullptr && held->ready) continue;
    std::string& reason = reasons.emplace_back(
        fmt::format("{} {} generation {}", member.node,
                    held == nullptr ? "has not opened" : "is not ready with", generation.number));
    if (held == nullptr) continue;
    for (const ShardPresence& shard : held->shards) {
      if (shard.trouble.empty()) continue;
      reason += ": " + shard.trouble;
      break;
    }
  }
  for (std::uint32_t i = 0; any && i < generation.shards; ++i) {
    if (!held_somewhere[i]) reasons.push_back(fmt::format("no node holds shard {}", i));
  }
  return reasons;
}

namespace {

struct Copy {
  std::string node;
  std::uint64_t content = 0;
  bool leading = false;
};
using Place = std::tuple<std::uint32_t, std::uint32_t, Seq>;  // generation, shard, where it was looked at

std::map<Place, std::vector<Copy>> checked_copies(const std::vector<NodePresence>& members,
                                                  std::string_view index) {
  std::map<Place, std::vector<Copy>> copies;
  for (const NodePresence& member : members) {
    const IndexPresence* found = find_index(member, index);
    if (found == nullptr) continue;
    for (const GenerationPresence& held : found->generations) {
      for (std::uint32_t i = 0; i < held.shards.size(); ++i) {
        const ShardPresence& shard = held.shards[i];
        if (shard.checked == 0) continue;
        copies[{held.number, i, shard.checked}].push_back({member.node, shard.content, found->leading});
      }
    }
  }
  return copies;
}

// Nothing when as many say the one as the other, and the leader is silent.
std::optional<std::uint64_t> content_of_most(const std::vector<Copy>& copies) {
  using Votes = std::pair<int, bool>;  // copies, the leader's among them
  std::map<std::uint64_t, Votes> votes;
  for (const Copy& copy : copies) {
    auto& [count, leading] = votes[copy.content];
    ++count;
    leading = leading || copy.leading;
  }
  const auto most = std::ranges::max_element(votes, {}, [](const auto& entry) { return entry.second; });
  const auto as_many =
      std::ranges::count(votes, most->second, [](const auto& entry) { return entry.second; });
  return as_many == 1 ? std::optional(most->first) : std::nullopt;
}

}  // namespace

std::vector<DifferingCopy> differing_copies(const std::vector<NodePresence>& members,
                                            std::string_view index) {
  std::vector<DifferingCopy> differing;
  for (const auto& [place, copies] : checked_copies(members, index)) {
    const auto right = content_of_most(copies);
    if (!right) continue;
    const auto& [generation, shard, seq] = place;
    for (const Copy& copy : copies) {
      if (copy.content != *right) differing.push_back({copy.node, generation, shard, seq});
    }
  }
  return differing;
}

std::optional<std::string> longer_copy(const std::vector<NodePresence>& members, std::string_view index,
                                       std::uint32_t generation, std::uint32_t shard, Seq seq) {
  std::optional<std::string> longest;
  for (const NodePresence& member : members) {
    const GenerationPresence* held = find_generation(member, index, generation);
    if (held == nullptr || held->shards.size() <= shard || !member.shards.holds(shard)) continue;
    const ShardPresence& copy = held->shards[shard];
    if (copy.durable <= seq || (follows_another_history(copy) && !lacks_log(copy))) continue;
    seq = copy.durable;
    longest = member.node;
  }
  return longest;
}

std::optional<std::string> leader_of(const std::vector<NodePresence>& members, std::string_view index) {
  for (const NodePresence& member : members) {
    const IndexPresence* found = find_index(member, index);
    if (found != nullptr && found->leading) return member.node;
  }
  return std::nullopt;
}

}  // namespace aisle
