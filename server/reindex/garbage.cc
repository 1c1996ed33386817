#include "server/reindex/garbage.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "server/disk_space.h"

namespace aisle {

Result<std::vector<GarbageFolder>> find_garbage(const IndexFolder& folder, const IndexState& state,
                                                std::uint32_t kept) {
  std::set<std::filesystem::path> needed = {folder.generation_path(state.active.number),
                                            folder.generation_path(kept)};
  if (state.previous) needed.insert(folder.generation_path(state.previous->number));
  if (state.building) needed.insert(folder.generation_path(state.building->number));
  std::vector<GarbageFolder> garbage;
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(folder.path(), failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const std::filesystem::path& path = entry->path();
    if (!path.filename().string().starts_with("generation-") || needed.contains(path)) continue;
    garbage.push_back({path, folder_bytes(path)});
  }
  if (failure) {
    return fail(ErrorCode::Unavailable, "cannot list " + folder.path().string() + ": " + failure.message());
  }
  std::ranges::sort(garbage, {}, &GarbageFolder::path);
  return garbage;
}

Status remove_garbage(const std::vector<GarbageFolder>& garbage) {
  for (const GarbageFolder& one : garbage) {
    std::error_code failure;
    std::filesystem::remove_all(one.path, failure);
    if (failure) {
      return fail(ErrorCode::Unavailable, "cannot delete " + one.path.string() + ": " + failure.message());
    }
  }
  return {};
}

}  // namespace aisle
