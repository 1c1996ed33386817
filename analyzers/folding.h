// Folding of single words, for the segmenter; fold() in analyzer.h is the same for whole texts.
//
// Two ways to one result: characters with a simple folding (ASCII and most Latin, Greek and Cyrillic letters)
// are looked up, everything else goes through ICU. tests/analyzers/folding_test.cc proves that they agree.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

// Foldings that do not depend on neighbours. Immutable, thread-safe, built at first use from fold_general().
class SimpleFoldings {
 public:
  static constexpr std::int32_t code_points_max = 0x530;
  static const SimpleFoldings& get();

  // The folding of one code point, or "" when it has none, depends on its neighbours, or turns a letter into
  // something else.
  std::string_view of(std::int32_t code_point) const {
    if (code_point < 0 || code_point >= code_points_max) return {};
    const Entry& entry = entries_[static_cast<std::size_t>(code_point)];
    return {entry.bytes.data(), entry.length};
  }

 private:
  struct Entry {
    std::array<char, 7> bytes{};
    std::uint8_t length = 0;
  };
  SimpleFoldings();
  std::array<Entry, code_points_max> entries_;
};

// The folding through ICU alone, for any text.
std::string fold_general(std::string_view text);

// Appends fold(text) to `out`, the quick way where it can.
void append_folded(std::string& out, std::string_view text);

}  // namespace aisle
