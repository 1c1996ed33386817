#include "query/common_documents.h"

#include <utility>

#include "query/document_ids.h"

namespace aisle {

void CommonDocuments::add(const DocumentSet& set) {
  sets_.at(count_) = read(set);
  all_bits_ = all_bits_ && set.bits() != nullptr;
  if (count_++ == 0 || (set.has_list() && (sets_.front().list.empty() || set.size() < least_))) {
    std::swap(sets_.front(), sets_[count_ - 1]);
    least_ = set.size();
  }
}

void CommonDocuments::leave_out(const DocumentSet& set) {
  if (!set.empty()) others_.at(left_out_++) = read(set);
}

std::uint32_t CommonDocuments::next(std::uint32_t begin) {
  Set& smallest = sets_.front();
  if (by_bits()) return begin;
  smallest.at = gallop(smallest.list, smallest.at, begin);
  return smallest.at < smallest.list.size() ? smallest.list[smallest.at] : no_document;
}

}  // namespace aisle
