// Random texts for property tests: the characters that make analysis hard, more often than chance would.
#pragma once
#include <gtest/gtest.h>

#include <rapidcheck.h>

#include <string>

namespace aisle {

// Mostly valid UTF-8: words, signs, marks, many scripts, any code point, now and then stray bytes.
rc::Gen<std::string> random_shop_text();

// Printable and other ASCII, rich in letters, digits, and signs that may stand inside words.
rc::Gen<std::string> random_ascii_text();

}  // namespace aisle
