#include "server/disk_space.h"

#include <system_error>

namespace aisle {

Result<std::uint64_t> free_bytes_of(const std::filesystem::path& folder) {
  std::error_code failure;
  const std::filesystem::space_info space = std::filesystem::space(folder, failure);
  if (!failure) return space.available;
  return fail(ErrorCode::Unavailable,
              "cannot tell the free space of " + folder.string() + ": " + failure.message());
}

std::uint64_t folder_bytes(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code failure;
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, failure);
       !failure && entry != std::filesystem::recursive_directory_iterator(); entry.increment(failure)) {
    std::error_code gone;  // a shard's files come and go
    const bool regular = entry->is_regular_file(gone);
    const std::uint64_t size = regular ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace aisle
