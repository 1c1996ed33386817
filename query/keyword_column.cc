#include "query/keyword_column.h"

#include <algorithm>

namespace aisle {
namespace {

template <class Code>
std::vector<Code> narrowed(const std::vector<std::uint32_t>& codes) {
  std::vector<Code> narrow(codes.size());
  std::ranges::transform(codes, narrow.begin(), [](std::uint32_t code) { return static_cast<Code>(code); });
  return narrow;  // no_code ends in ones, whatever its width
}

}  // namespace

void KeywordColumn::set_codes(std::vector<std::uint32_t> codes) {
  if (values_.size() <= no_code_of<std::uint8_t>) {
    codes_ = narrowed<std::uint8_t>(codes);
  } else if (values_.size() <= no_code_of<std::uint16_t>) {
    codes_ = narrowed<std::uint16_t>(codes);
  } else {
    codes.shrink_to_fit();
    codes_ = std::move(codes);
  }
}

std::vector<std::uint32_t> KeywordColumn::codes() const {
  return visit([]<class Code>(std::span<const Code> codes) {
    std::vector<std::uint32_t> wide(codes.size());
    std::ranges::transform(codes, wide.begin(), [](Code code) {
      return code == no_code_of<Code> ? no_code : std::uint32_t{code};
    });
    return wide;
  });
}

std::size_t KeywordColumn::bytes() const {
  const std::size_t codes = visit([](auto some) { return some.size_bytes(); });
  return values_.bytes() + codes +
         (offsets_.capacity() + frequencies_.capacity() + list_begins_.capacity() + listed_.capacity()) *
             sizeof(std::uint32_t);
}

KeywordColumn KeywordColumn::restore(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                                     TermDictionary values) {
  KeywordColumn column;
  column.values_ = std::move(values);
  column.offsets_ = std::move(offsets);
  column.set_codes(std::move(codes));
  column.fill_lists();
  return column;
}

void KeywordColumn::fill_lists() {
  frequencies_.assign(values_.size(), 0);
  for (std::uint32_t document = 0; document < size(); ++document)
    each_code(document, [&](std::uint32_t code) { ++frequencies_[code]; });
  list_begins_.reserve(values_.size());
  std::uint32_t end = 0;
  for (std::uint32_t code = 0; code < values_.size(); ++code) {
    list_begins_.push_back(end);
    end += is_listed(code) ? frequencies_[code] : 0;
  }
  listed_.resize(end);
  std::vector<std::uint32_t> next = list_begins_;
  for (std::uint32_t document = 0; document < size(); ++document) {
    each_code(document, [&](std::uint32_t code) {
      if (is_listed(code)) listed_[next[code]++] = document;
    });
  }
}

KeywordColumn KeywordColumn::build(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                                   TermDictionary values) {
  const std::size_t documents = offsets.size() - 1;
  bool single = true;
  for (std::size_t i = 0; i < documents && single; ++i) single = offsets[i + 1] - offsets[i] <= 1;
  if (!single) {
    offsets.shrink_to_fit();
    return restore(std::move(offsets), std::move(codes), std::move(values));
  }
  std::vector<std::uint32_t> by_document;
  by_document.reserve(documents);
  for (std::size_t i = 0; i < documents; ++i)
    by_document.push_back(offsets[i] == offsets[i + 1] ? no_code : codes[offsets[i]]);
  return restore({}, std::move(by_document), std::move(values));
}

}  // namespace aisle
