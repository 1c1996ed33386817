#include "indexer/stored_generation.h"

#include <algorithm>
#include <iterator>

#include "indexer/shard_reader.h"
#include "schemas/op.h"

namespace aisle {

Result<std::vector<std::uint64_t>> StoredGeneration::fingerprints(std::span<const std::string> ids) const {
  const auto shards = static_cast<std::uint32_t>(shards_.size());
  std::vector<std::vector<std::string>> of_shard(shards);
  std::vector<std::vector<std::size_t>> places(shards);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::uint32_t shard = shard_of(ids[i], shards);
    of_shard[shard].push_back(ids[i]);
    places[shard].push_back(i);
  }
  std::vector<std::uint64_t> out(ids.size());
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    if (of_shard[shard].empty()) continue;
    AISLE_TRY(const auto found, read_shard_fingerprints(shards_[shard], of_shard[shard]));
    for (std::size_t i = 0; i < found.size(); ++i) out[places[shard][i]] = found[i];
  }
  return out;
}

Result<std::vector<std::string>> StoredGeneration::ids(const std::string& after,
                                                       std::size_t count_max) const {
  std::vector<std::string> all;
  for (const std::filesystem::path& shard : shards_) {
    AISLE_TRY(auto ids, read_shard_ids(shard, after, count_max));
    std::ranges::move(ids, std::back_inserter(all));
  }
  std::ranges::sort(all);
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

}  // namespace aisle
