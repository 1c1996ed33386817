// Folders of generations that nothing needs any more: left by a crash in the middle of a rebuild, or by a
// version without rollback.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/index_folder.h"
#include "schemas/index_state.h"

namespace aisle {

struct GarbageFolder {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
};

// The folders "generation-..." of the index that neither the state names nor `kept` is the number of, ordered
// by path. Unavailable when the index's folder cannot be listed.
Result<std::vector<GarbageFolder>> find_garbage(const IndexFolder& folder, const IndexState& state,
                                                std::uint32_t kept);

// Deletes them; Unavailable at the first that cannot be deleted.
Status remove_garbage(const std::vector<GarbageFolder>& garbage);

}  // namespace aisle
