#include "query/posting_forms.h"

#include <algorithm>

#include "query/document_set.h"
#include "query/segment.h"

namespace aisle {

PostingForms::PostingForms(const Segment& segment) {
  add_lists(segment);
  const auto key = [](const Repeat& some) { return std::pair(some.document, some.list); };
  std::ranges::sort(by_document_, {}, key);
  block_begins_.reserve(segment.size / block + 2);
  std::size_t at = 0;
  for (std::uint32_t begin = 0; begin < segment.size; begin += block) {
    while (at < by_document_.size() && by_document_[at].document < begin) ++at;
    block_begins_.push_back(static_cast<std::uint32_t>(at));
  }
  block_begins_.push_back(static_cast<std::uint32_t>(by_document_.size()));
  repeaters_ = Bitmap(segment.size);
  for (const Repeat& some : by_document_) repeaters_.set(some.document);
}

void PostingForms::add_lists(const Segment& segment) {
  repeat_begins_.reserve(segment.lists.size() * 2);
  for (std::uint32_t list = 0; list + 1 < segment.lists.size(); ++list) {
    const std::size_t begin = segment.lists[list].begin;
    const std::size_t end = segment.lists[list + 1].begin;
    for (const bool often : {false, true}) {
      repeat_begins_.push_back(static_cast<std::uint32_t>(repeating_.size()));
      for (std::size_t i = begin; i < end; ++i) {
        const std::uint8_t frequency = segment.frequencies[i];
        if (frequency == 1 || (frequency > 2) != often) continue;
        repeating_.push_back(segment.documents[i]);
        by_document_.push_back({segment.documents[i], list, frequency});
        frequency_max_ = std::max(frequency_max_, frequency);
      }
    }
    if ((end - begin) * DocumentSet::dense_share < segment.size) continue;
    Bitmap& bits = dense_.emplace_back(list, Bitmap(segment.size)).second;
    for (std::size_t i = begin; i < end; ++i) bits.set(segment.documents[i]);
  }
  repeat_begins_.push_back(static_cast<std::uint32_t>(repeating_.size()));
}

const Bitmap* PostingForms::bits(std::uint32_t list) const {
  const auto at = std::ranges::lower_bound(dense_, list, {}, [](const auto& some) { return some.first; });
  return at != dense_.end() && at->first == list ? &at->second : nullptr;
}

std::span<const PostingForms::Repeat> PostingForms::find_repeats(std::uint32_t document) const {
  std::size_t begin = block_begins_[document / block];
  while (begin < by_document_.size() && by_document_[begin].document < document) ++begin;
  std::size_t end = begin;
  while (end < by_document_.size() && by_document_[end].document == document) ++end;
  return std::span(by_document_).subspan(begin, end - begin);
}

std::size_t PostingForms::bytes() const {
  std::size_t bytes = (repeat_begins_.capacity() + repeating_.capacity() + block_begins_.capacity()) * 4 +
                      by_document_.capacity() * sizeof(Repeat) + repeaters_.bytes();
  for (const auto& [list, bits] : dense_) bytes += bits.bytes();
  return bytes;
}

}  // namespace aisle
