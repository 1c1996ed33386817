#include "query/common_documents.h"

#include <utility>

#include "query/document_ids.h"

namespace aisle {

void CommonDocuments::add(const DocumentSet& set) {
  sets_.at(count_) = DocumentCursor(set);
  all_bits_ = all_bits_ && set.bits() != nullptr;
  if (count_++ == 0 || (set.has_list() && (sets_.front().list_.empty() || set.size() < least_))) {
    std::swap(sets_.front(), sets_[count_ - 1]);
    least_ = set.size();
  }
}

void CommonDocuments::leave_out(const DocumentSet& set) {
  if (!set.empty()) others_.at(left_out_++) = DocumentCursor(set);
}

std::uint32_t CommonDocuments::next(std::uint32_t begin) {
  DocumentCursor& smallest = sets_.front();
  if (by_bits()) return begin;
  smallest.at_ = gallop(smallest.list_, smallest.at_, begin);
  return smallest.at_ < smallest.list_.size() ? smallest.list_[smallest.at_] : no_document;
}

}  // namespace aisle
