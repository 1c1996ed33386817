// Which shards of every generation a node holds, said so that it fits any number of shards: they are dealt
// out to `of` parts in turn, and the node has some of these.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

namespace aisle {

class JsonReader;

struct ShardSelection {
  static constexpr std::uint32_t of_max = 256;

  std::uint32_t of = 1;
  std::vector<std::uint32_t> parts = {0};  // ascending, each below `of`, at least one

  bool holds(std::uint32_t shard) const { return std::ranges::binary_search(parts, shard % of); }
  bool all() const { return parts.size() == of; }
  friend bool operator==(const ShardSelection&, const ShardSelection&) = default;
};

// The object {"of", "parts"} that is the member `name`, all shards without it; errors go to the reader's
// sink.
ShardSelection read_shard_selection(const JsonReader& parent, std::string_view name);

}  // namespace aisle
