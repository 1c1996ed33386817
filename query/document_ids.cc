#include "query/document_ids.h"

#include <algorithm>
#include <utility>

namespace aisle {

DocumentIds::DocumentIds(std::span<const std::string_view> ids, std::vector<std::uint32_t> sorted)
    : sorted_(std::move(sorted)) {
  std::size_t bytes = 0;
  for (const std::string_view id : ids) bytes += id.size();
  text_.reserve(bytes);
  offsets_.reserve(ids.size() + 1);
  offsets_.push_back(0);
  for (const std::string_view id : ids) {
    text_ += id;
    offsets_.push_back(static_cast<std::uint32_t>(text_.size()));
  }
  rank_all();
}

Result<DocumentIds> DocumentIds::restore(std::string text, std::vector<std::uint32_t> offsets,
                                         std::vector<std::uint32_t> sorted) {
  const bool fits = !offsets.empty() && offsets.front() == 0 && offsets.back() == text.size() &&
                    std::ranges::is_sorted(offsets) && sorted.size() + 1 == offsets.size();
  DocumentIds restored;
  restored.text_ = std::move(text);
  restored.offsets_ = std::move(offsets);
  restored.sorted_ = std::move(sorted);
  if (!fits || !restored.rank_all()) return fail(ErrorCode::DataLoss, "the ids are damaged");
  return restored;
}

bool DocumentIds::rank_all() {
  ranks_.assign(sorted_.size(), no_document);
  for (std::uint32_t i = 0; i < size(); ++i) {
    const std::uint32_t document = sorted_[i];
    if (document >= size() || ranks_[document] != no_document) return false;
    ranks_[document] = i;
  }
  return true;
}

std::uint32_t DocumentIds::find(std::string_view id) const {
  const auto at =
      std::ranges::lower_bound(sorted_, id, {}, [&](std::uint32_t document) { return of(document); });
  return at != sorted_.end() && of(*at) == id ? *at : no_document;
}

}  // namespace aisle
