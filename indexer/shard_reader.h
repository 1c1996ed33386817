// Reads what is committed in a shard's folder, beside the writer.
#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace aisle {

// Each call opens the last commit for itself; any thread may call. Errors: NotFound without a shard there,
// else as ShardStore.

// Ids greater than `after` in byte order, at most `count_max`, ordered.
Result<std::vector<std::string>> read_shard_ids(const std::filesystem::path& folder, const std::string& after,
                                                std::size_t count_max);

// Marks by key.
Result<std::map<std::string, std::string>> read_shard_marks(const std::filesystem::path& folder);

}  // namespace aisle
