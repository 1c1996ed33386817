// The ids of a segment's documents: which document is meant, and which of two comes first?
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/prefetch.h"

namespace aisle {

inline constexpr std::uint32_t no_document = 0xFFFFFFFFU;

// Immutable after building: one block of text by document, and their order by bytes.
class DocumentIds {
 public:
  DocumentIds() = default;
  // `ids` by document, each once; `sorted`: the documents in the order of their ids.
  DocumentIds(std::span<const std::string_view> ids, std::vector<std::uint32_t> sorted);
  // From what another has; DataLoss when it cannot be.
  static Result<DocumentIds> restore(std::string text, std::vector<std::uint32_t> offsets,
                                     std::vector<std::uint32_t> sorted);

  std::uint32_t size() const { return static_cast<std::uint32_t>(sorted_.size()); }
  std::string_view of(std::uint32_t document) const {
    return std::string_view(text_).substr(offsets_[document], offsets_[document + 1] - offsets_[document]);
  }
  // Two steps ahead of of().
  void prefetch_place(std::uint32_t document) const { prefetch(&offsets_[document]); }
  void prefetch_id(std::uint32_t document) const { prefetch(text_.data() + offsets_[document]); }
  // How many ids come before it in the order of bytes, which decides among equals.
  std::uint32_t rank(std::uint32_t document) const { return ranks_[document]; }
  std::uint32_t find(std::string_view id) const;  // no_document when absent

  std::string_view text() const { return text_; }  // of all ids
  const std::vector<std::uint32_t>& offsets() const { return offsets_; }
  const std::vector<std::uint32_t>& sorted() const { return sorted_; }
  std::size_t bytes() const {
    return text_.capacity() +
           (offsets_.capacity() + sorted_.capacity() + ranks_.capacity()) * sizeof(std::uint32_t);
  }

 private:
  bool rank_all();  // whether sorted_ has each document once

  std::string text_;
  std::vector<std::uint32_t> offsets_;  // by document, into the next
  std::vector<std::uint32_t> sorted_;   // documents by id
  std::vector<std::uint32_t> ranks_;    // by document, into sorted_
};

}  // namespace aisle
