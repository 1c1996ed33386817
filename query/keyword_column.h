// A segment's keywords: I have a document, which values does it have in this field?
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <variant>
#include <vector>

#include "query/term_dictionary.h"

namespace aisle {

// Keyword values by document as codes into a sorted dictionary, so codes compare like the values. A code takes
// 1, 2 or 4 bytes, as the number of values needs: what is read of a column should fit into a cache.
class KeywordColumn {
 public:
  static constexpr std::uint32_t no_code = 0xFFFFFFFFU;
  template <class Code>
  static constexpr Code no_code_of = std::numeric_limits<Code>::max();  // no_code as it is kept

  // The codes of document n are codes[offsets[n], offsets[n + 1]), ascending; `offsets` has one entry more
  // than there are documents.
  static KeywordColumn build(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                             TermDictionary values);

  // From offsets(), codes() and values() of another.
  static KeywordColumn restore(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                               TermDictionary values);

  const TermDictionary& values() const { return values_; }
  const std::vector<std::uint32_t>& offsets() const {
    return offsets_;
  }  // empty when none has several values
  std::vector<std::uint32_t> codes() const;
  // Returns what use(codes) does, with the span of all codes as they are kept: by document when `offsets` is
  // empty, no_code_of<Code> where it has none.
  template <class Use>
  auto visit(const Use& use) const {
    return std::visit([&](const auto& codes) { return use(std::span(codes)); }, codes_);
  }
  bool is_single() const { return offsets_.empty(); }
  // The least code of a document; no_code when it has none.
  std::uint32_t first_code(std::uint32_t document) const {
    if (!is_single() && offsets_[document] == offsets_[document + 1]) return no_code;
    const std::size_t at = is_single() ? document : offsets_[document];
    return visit([&]<class Code>(std::span<const Code> codes) {
      return codes[at] == no_code_of<Code> ? no_code : std::uint32_t{codes[at]};
    });
  }
  // Calls see(code) for all of a document, ascending.
  template <class See>
  void each_code(std::uint32_t document, const See& see) const {
    if (is_single()) {
      if (const std::uint32_t code = first_code(document); code != no_code) see(code);
      return;
    }
    visit([&](auto codes) {
      for (std::uint32_t at = offsets_[document]; at < offsets_[document + 1]; ++at)
        see(std::uint32_t{codes[at]});
    });
  }
  // How many documents have a value, and which, ascending. Values of a part of all documents that is not
  // small are not listed: looking through codes() takes no longer then.
  std::uint32_t frequency(std::uint32_t code) const { return frequencies_[code]; }
  bool is_listed(std::uint32_t code) const { return frequencies_[code] * unlisted_share <= size(); }
  std::span<const std::uint32_t> documents(std::uint32_t code) const {
    return std::span(listed_).subspan(list_begins_[code], frequencies_[code]);
  }
  std::uint32_t size() const {
    return static_cast<std::uint32_t>(is_single() ? visit([](auto codes) { return codes.size(); })
                                                  : offsets_.size() - 1);
  }
  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t unlisted_share = 16;

  void set_codes(std::vector<std::uint32_t> codes);
  void fill_lists();

  TermDictionary values_;
  std::vector<std::uint32_t> offsets_;  // empty when no document has more than one value
  std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>> codes_;
  std::vector<std::uint32_t> frequencies_;  // by code
  std::vector<std::uint32_t> list_begins_;  // by code, into listed_
  std::vector<std::uint32_t> listed_;
};

}  // namespace aisle
