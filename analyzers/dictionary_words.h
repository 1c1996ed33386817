// Words of scripts written without spaces, found with ICU's dictionaries.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

// FailedPrecondition when ICU was installed without its break iterator data.
Status check_dictionaries();

// Replaces `ends` by the end offsets of the words of `text`, ascending; the last is the size of `text`.
// `text` is valid UTF-8 and not empty. Thread-safe: each thread has its own iterator.
void dictionary_words(std::string_view text, std::vector<std::uint32_t>& ends);

}  // namespace aisle
