// Numbers names in the order of first sight.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/term_dictionary.h"

namespace aisle {

// One block of text and a table of 32-bit slots, so that millions of names cost no allocation each. One
// thread.
class NameNumbers {
 public:
  std::uint32_t number_of(std::string_view name);
  std::uint32_t size() const { return static_cast<std::uint32_t>(ends_.size()); }
  // The dictionary of the names, and by number the place in it.
  std::pair<TermDictionary, std::vector<std::uint32_t>> sorted(TermDictionary::Find find) const;

 private:
  static constexpr std::uint32_t none = 0xFFFFFFFFU;

  std::string_view name(std::uint32_t number) const {
    const std::size_t begin = number == 0 ? 0 : ends_[number - 1];
    return std::string_view(text_).substr(begin, ends_[number] - begin);
  }
  void grow();

  std::string text_;
  std::vector<std::size_t> ends_;
  std::vector<std::uint32_t> hashes_;  // by number
  std::vector<std::uint32_t> slots_;   // numbers at their hash or behind; a power of two of them
};

}  // namespace aisle
