// Columns of a segment: I have a document, what is its value in this field?
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/term_dictionary.h"
#include "schemas/op.h"

namespace aisle {

struct NumberChange {
  std::uint32_t document = 0;
  std::int64_t value = missing_number;
};

// Numbers by document. Immutable; a changed column shares all chunks but those that the changes touch.
class NumberColumn {
 public:
  static constexpr std::uint32_t chunk_size = 4096;

  NumberColumn() = default;
  static NumberColumn build(std::span<const std::int64_t> values);
  // `changes` ordered by document; of several for one document the last counts.
  NumberColumn with(std::span<const NumberChange> changes) const;

  std::int64_t get(std::uint32_t document) const {
    const auto& chunk = chunks_[document / chunk_size];
    return chunk ? (*chunk)[document % chunk_size] : missing_number;
  }
  std::size_t bytes() const;

 private:
  using Chunk = std::array<std::int64_t, chunk_size>;
  std::vector<std::shared_ptr<const Chunk>> chunks_;  // null: all missing
};

// Keyword values by document as codes into a sorted dictionary, so codes compare like the values.
class KeywordColumn {
 public:
  static constexpr std::uint32_t no_code = 0xFFFFFFFFU;

  // The codes of document n are codes[offsets[n], offsets[n + 1]), ascending; `offsets` has one entry more
  // than there are documents.
  static KeywordColumn build(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                             TermDictionary values);

  const TermDictionary& values() const { return values_; }
  std::span<const std::uint32_t> codes(std::uint32_t document) const {
    if (offsets_.empty()) {
      const std::uint32_t& code = codes_[document];
      return code == no_code ? std::span<const std::uint32_t>() : std::span(&code, 1);
    }
    return std::span(codes_).subspan(offsets_[document], offsets_[document + 1] - offsets_[document]);
  }
  std::size_t bytes() const {
    return values_.bytes() + (offsets_.capacity() + codes_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  TermDictionary values_;
  std::vector<std::uint32_t> offsets_;  // empty when no document has more than one value
  std::vector<std::uint32_t> codes_;
};

}  // namespace aisle
