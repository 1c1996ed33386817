// Columns of a segment: I have a document, what is its value in this field?
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/prefetch.h"
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
  bool empty() const { return chunks_.empty(); }
  // `changes` ordered by document; of several for one document the last counts.
  NumberColumn with(std::span<const NumberChange> changes) const;

  std::int64_t get(std::uint32_t document) const {
    const auto& chunk = chunks_[document / chunk_size];
    return chunk ? (*chunk)[document % chunk_size] : missing_number;
  }
  void prefetch_value(std::uint32_t document) const {
    const Chunk* chunk = chunks_[document / chunk_size].get();
    if (chunk != nullptr) prefetch(chunk->data() + document % chunk_size);
  }
  // Calls see(i, value of documents[i]) in turn; ascending documents are read chunk by chunk.
  template <class See>
  void each(std::span<const std::uint32_t> documents, See&& see) const {
    for (std::size_t i = 0; i < documents.size();) {
      const std::uint32_t number = documents[i] / chunk_size;
      const Chunk* chunk = chunks_[number].get();
      for (; i < documents.size() && documents[i] / chunk_size == number; ++i)
        see(i, chunk == nullptr ? missing_number : (*chunk)[documents[i] % chunk_size]);
    }
  }
  // Calls see(document, value) for the first `size` documents that have one, chunk by chunk.
  template <class See>
  void each_present(std::uint32_t size, See&& see) const {
    for (std::uint32_t begin = 0; begin < size; begin += chunk_size) {
      const Chunk* chunk = chunks_[begin / chunk_size].get();
      const std::uint32_t count = std::min(chunk_size, size - begin);
      for (std::uint32_t i = 0; chunk != nullptr && i < count; ++i) {
        if ((*chunk)[i] != missing_number) see(begin + i, (*chunk)[i]);
      }
    }
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

  // From offsets(), codes() and values() of another.
  static KeywordColumn restore(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                               TermDictionary values);

  const TermDictionary& values() const { return values_; }
  const std::vector<std::uint32_t>& offsets() const { return offsets_; }  // empty: single_codes()
  const std::vector<std::uint32_t>& codes() const { return codes_; }
  std::span<const std::uint32_t> codes(std::uint32_t document) const {
    if (offsets_.empty()) {
      const std::uint32_t& code = codes_[document];
      return code == no_code ? std::span<const std::uint32_t>() : std::span(&code, 1);
    }
    return std::span(codes_).subspan(offsets_[document], offsets_[document + 1] - offsets_[document]);
  }
  // How many documents have a value, and which, ascending. Values of a part of all documents that is not
  // small are not listed: looking through codes() takes no longer then.
  std::uint32_t frequency(std::uint32_t code) const { return frequencies_[code]; }
  bool is_listed(std::uint32_t code) const { return frequencies_[code] * unlisted_share <= size(); }
  std::span<const std::uint32_t> documents(std::uint32_t code) const {
    return std::span(listed_).subspan(list_begins_[code], frequencies_[code]);
  }
  std::uint32_t size() const {
    return static_cast<std::uint32_t>(offsets_.empty() ? codes_.size() : offsets_.size() - 1);
  }
  // By document, no_code where it has none; empty when some document has several.
  std::span<const std::uint32_t> single_codes() const {
    return offsets_.empty() ? std::span(codes_) : std::span<const std::uint32_t>();
  }
  std::size_t bytes() const {
    return values_.bytes() + (offsets_.capacity() + codes_.capacity() + frequencies_.capacity() +
                              list_begins_.capacity() + listed_.capacity()) *
                                 sizeof(std::uint32_t);
  }

 private:
  static constexpr std::uint32_t unlisted_share = 16;

  void fill_lists();

  TermDictionary values_;
  std::vector<std::uint32_t> offsets_;  // empty when no document has more than one value
  std::vector<std::uint32_t> codes_;
  std::vector<std::uint32_t> frequencies_;  // by code
  std::vector<std::uint32_t> list_begins_;  // by code, into listed_
  std::vector<std::uint32_t> listed_;
};

}  // namespace aisle
