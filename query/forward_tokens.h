// The tokens of one field in their order, document by document. Documents are numbered by the length of that
// field, so those of one length lie at equal distances and nothing says where each begins.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "query/term_dictionary.h"

namespace aisle {

// Immutable once made.
class ForwardTokens {
 public:
  static constexpr std::size_t length_max = 255;  // stands for all longer ones

  ForwardTokens() = default;
  // `tokens` of all documents one behind the other; `lengths` by document, ascending; `long_ends`: where the
  // tokens of each document of length_max end.
  ForwardTokens(std::vector<TermId> tokens, std::span<const std::uint8_t> lengths,
                std::vector<std::uint32_t> long_ends);

  // `length`: the document's, of those it was made with.
  std::span<const TermId> of(std::uint32_t document, std::uint8_t length) const {
    const std::size_t begin = place(document, length);
    const std::size_t end = length < length_max ? begin + length : long_begins_[long_number(document) + 1];
    return std::span(tokens_).subspan(begin, end - begin);
  }
  // Of its first token among all.
  std::size_t place(std::uint32_t document, std::uint8_t length) const {
    if (length == length_max) return long_begins_[long_number(document)];
    return places_[length] + std::size_t{document - documents_[length]} * length;
  }
  // Tells most first tokens apart, a byte each: that of a document; 0 without tokens.
  static std::uint8_t mark_of(TermId first) {
    return static_cast<std::uint8_t>((first * 0x9E3779B1U) >> 24U);
  }
  std::uint8_t first_mark(std::uint32_t document) const { return first_marks_[document]; }
  // Documents of such a length: [first_of(length), first_of(length + 1)).
  std::uint32_t first_of(std::size_t length) const { return documents_[length]; }

  const std::vector<TermId>& all() const { return tokens_; }
  std::vector<std::uint32_t> long_ends() const;  // as it was made with
  std::size_t bytes() const {
    return tokens_.capacity() * sizeof(TermId) + first_marks_.capacity() +
           long_begins_.capacity() * sizeof(std::uint32_t);
  }

 private:
  std::uint32_t long_number(std::uint32_t document) const { return document - documents_[length_max]; }

  std::vector<TermId> tokens_;
  std::vector<std::uint8_t> first_marks_;                  // by document
  std::array<std::uint32_t, length_max + 2> documents_{};  // the first of each length; all in the end
  std::array<std::size_t, length_max + 1> places_{};       // of their tokens
  std::vector<std::uint32_t> long_begins_;                 // one more than there are long ones
};

}  // namespace aisle
