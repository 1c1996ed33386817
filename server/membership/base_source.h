// Where a node without a generation, or with one that its log does not continue, takes it from: another
// member.
#pragma once
#include <filesystem>
#include <string>

#include "base/error.h"
#include "schemas/index_state.h"
#include "server/membership/base_manifest.h"
#include "server/membership/membership.h"

namespace aisle {

// Downloads the generation's base from the member that has most of it, into the new folder `to` (what is
// there is deleted before): its shards and schema.json, all on disk.
//   NotFound     no member has it
//   Unavailable  none could give it
// `longest`: from the one whose log fell short of it.
Result<BaseManifest> take_base(const Membership& membership, const std::string& index,
                               const GenerationRef& wanted, const std::filesystem::path& to,
                               bool longest = false);

}  // namespace aisle
