// Takes a base from another node.
#pragma once
#include <filesystem>
#include <string>

#include "base/error.h"
#include "server/membership/base_manifest.h"

namespace aisle {

// Downloads the base of a generation from the node at `address` ("http://10.0.0.5:8702") into the new folder `to`
// (shard-<k>/...), every file checked against its length and hash and on disk when this returns.
//   Unavailable         the node does not answer, or has none
//   DataLoss            a file is not what the manifest says
Result<BaseManifest> fetch_base(const std::string& address, const std::string& index, std::uint32_t generation,
                                const std::filesystem::path& to);

}  // namespace aisle
