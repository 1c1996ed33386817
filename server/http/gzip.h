// gzip in memory, with a bound on what comes out.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace aisle {

// TooLarge as soon as the output would pass `bytes_max`; InvalidArgument for anything but one whole gzip
// member.
Result<std::string> gunzip(std::string_view compressed, std::size_t bytes_max);

// Fast setting: answers are compressed once and sent once.
Result<std::string> gzip(std::string_view text);

}  // namespace aisle
