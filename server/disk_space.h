// How much a folder takes and how much there is left.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>

#include "base/error.h"

namespace aisle {

// Bytes that this process may still write below the folder; a test passes another one.
using FreeBytes = std::function<Result<std::uint64_t>(const std::filesystem::path&)>;
Result<std::uint64_t> free_bytes_of(const std::filesystem::path& folder);

// Of all files below it, as long as they are; 0 when there is no such folder.
std::uint64_t folder_bytes(const std::filesystem::path& folder);

}  // namespace aisle
