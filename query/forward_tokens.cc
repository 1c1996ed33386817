#include "query/forward_tokens.h"

#include <algorithm>
#include <utility>

namespace aisle {

ForwardTokens::ForwardTokens(std::vector<TermId> tokens, std::span<const std::uint8_t> lengths,
                             std::vector<std::uint32_t> long_ends)
    : tokens_(std::move(tokens)), long_begins_(std::move(long_ends)) {
  for (std::size_t length = 0; length <= length_max; ++length) {
    const auto end = std::ranges::upper_bound(lengths, static_cast<std::uint8_t>(length));
    documents_[length + 1] = static_cast<std::uint32_t>(end - lengths.begin());
    if (length == length_max) break;
    const std::uint32_t count = documents_[length + 1] - documents_[length];
    places_[length + 1] = places_[length] + std::size_t{count} * length;
  }
  long_begins_.insert(long_begins_.begin(), static_cast<std::uint32_t>(places_[length_max]));
  first_marks_.reserve(lengths.size());
  for (std::uint32_t document = 0; document < lengths.size(); ++document) {
    const auto length = lengths[document];
    first_marks_.push_back(length == 0 ? std::uint8_t{0} : mark_of(tokens_[place(document, length)]));
  }
}

std::vector<std::uint32_t> ForwardTokens::long_ends() const {
  return {std::min(long_begins_.begin() + 1, long_begins_.end()), long_begins_.end()};
}

}  // namespace aisle
