// Takes a base from another node.
#pragma once
#include <filesystem>
#include <string>

#include "base/error.h"
#include "schemas/shard_selection.h"
#include "server/membership/base_manifest.h"

namespace aisle {

// Downloads the `wanted` shards of a generation's base from the node at `address` ("http://10.0.0.5:8702")
// into the new folder `to` (shard-<k>/...), every file checked against its length and hash and on disk when
// this returns.
//   Unavailable         the node does not answer, or has none
//   NotFound            it has not all of these shards
//   DataLoss            a file is not what the manifest says
Result<BaseManifest> fetch_base(const std::string& address, const std::string& index,
                                std::uint32_t generation, const ShardSelection& wanted,
                                const std::filesystem::path& to);

}  // namespace aisle
