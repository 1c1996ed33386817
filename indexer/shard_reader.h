// Reads what is committed in a shard's folder, beside the writer.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "schemas/op.h"

namespace aisle {

// What read_shard_fingerprints() finds once this document has been stored. Never 0.
std::uint64_t product_fingerprint(Document document);

// Each call opens the last commit for itself; any thread may call. Errors: NotFound without a shard there,
// else as ShardStore.

// Ids greater than `after` in byte order, at most `count_max`, ordered.
Result<std::vector<std::string>> read_shard_ids(const std::filesystem::path& folder, const std::string& after,
                                                std::size_t count_max);

// A number over all that is stored of a product, data and columns; 0 for a product that is not there. Equal
// for equal products: see product_fingerprint(). In the order of `ids`.
Result<std::vector<std::uint64_t>> read_shard_fingerprints(const std::filesystem::path& folder,
                                                           std::span<const std::string> ids);

// A number over all that is stored of all products: data, columns and terms. Equal for shards of equal
// content, whatever the order in which they came to it; 0 for an empty one.
Result<std::uint64_t> read_shard_content(const std::filesystem::path& folder);

// Marks by key.
Result<std::map<std::string, std::string>> read_shard_marks(const std::filesystem::path& folder);

}  // namespace aisle
