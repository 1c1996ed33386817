#include "query/document_set.h"

#include <algorithm>

#include "query/intersect.h"

namespace aisle {
namespace {

// So many words of bits are met sooner than one document of a list is tested.
constexpr std::size_t words_per_test = 2;

std::vector<std::uint32_t> members(const Bitmap& bits, std::size_t count) {
  std::vector<std::uint32_t> list(count);
  std::size_t next = 0;
  bits.each([&](std::uint32_t document) { list[next++] = document; });
  return list;
}

// Those of `list` that are, or are not, in `bits`.
std::vector<std::uint32_t> sifted(std::span<const std::uint32_t> list, const Bitmap& bits, bool wanted) {
  std::vector<std::uint32_t> kept(list.size());
  std::size_t next = 0;
  for (const std::uint32_t document : list) {
    kept[next] = document;
    next += bits.test(document) == wanted ? 1U : 0U;
  }
  kept.resize(next);
  return kept;
}

}  // namespace

DocumentSet::DocumentSet(std::vector<std::uint32_t> list)
    : own_list_(std::move(list)), list_(own_list_), size_(own_list_.size()) {}

DocumentSet::DocumentSet(Bitmap bits)
    : own_bits_(std::make_unique<const Bitmap>(std::move(bits))),
      bits_(own_bits_.get()),
      size_(bits_->count()) {}

DocumentSet DocumentSet::borrow(std::span<const std::uint32_t> list, const Bitmap* bits) {
  DocumentSet set;
  set.list_ = list;
  set.bits_ = bits;
  set.size_ = list.size();
  return set;
}

DocumentSet DocumentSet::borrowed() const {
  DocumentSet set = borrow(list_, bits_);
  set.size_ = size_;
  return set;
}

bool DocumentSet::contains(std::uint32_t document) const {
  return bits_ != nullptr ? bits_->test(document) : std::ranges::binary_search(list_, document);
}

std::vector<std::uint32_t> DocumentSet::to_list() && {
  if (!has_list()) return members(*bits_, size_);
  if (own_list_.size() == size_) return std::move(own_list_);
  return {list_.begin(), list_.end()};
}

DocumentSet union_of(std::vector<DocumentSet> sets, std::uint32_t size) {
  constexpr std::size_t bits_ratio = 1024;  // so many zero bits are read sooner than one number is sorted
  std::size_t total = 0;
  std::size_t filled = 0;
  DocumentSet* some = nullptr;
  for (DocumentSet& set : sets) {
    if (set.empty()) continue;
    some = &set;
    ++filled;
    total += set.size();
  }
  if (filled == 0) return {};
  if (filled == 1) return std::move(*some);
  if (total > size / bits_ratio) {
    Bitmap found(size);
    for (const DocumentSet& set : sets) {
      if (set.bits() != nullptr && set.size() > found.words().size() / words_per_test) {
        found.add(*set.bits());
      } else {
        set.each([&](std::uint32_t document) { found.set(document); });
      }
    }
    DocumentSet united(std::move(found));
    if (united.size() * 2 < united.bits()->words().size()) {  // few enough to be walked
      united.own_list_ = members(*united.bits_, united.size_);
      united.list_ = united.own_list_;
    }
    return united;
  }
  std::vector<std::uint32_t> list;
  list.reserve(total);
  for (const DocumentSet& set : sets) set.each([&](std::uint32_t document) { list.push_back(document); });
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
  return DocumentSet(std::move(list));
}

DocumentSet intersection_of(const DocumentSet& a, const DocumentSet& b) {
  const DocumentSet& few = a.size() <= b.size() ? a : b;
  const DocumentSet& many = &few == &a ? b : a;
  if (few.empty()) return {};
  const bool bits = few.bits() != nullptr && many.bits() != nullptr;
  if (bits && (!few.has_list() || few.size() * words_per_test > few.bits()->words().size())) {
    Bitmap both = *few.bits();
    both.keep(*many.bits());
    return DocumentSet(std::move(both));
  }
  if (few.has_list() && many.bits() != nullptr) return DocumentSet(sifted(few.list(), *many.bits(), true));
  if (!few.has_list()) return DocumentSet(sifted(many.list(), *few.bits(), true));
  std::vector<std::uint32_t> list;
  list.reserve(few.size());
  intersect(few.list(), many.list(), [&](std::size_t i, std::size_t) { list.push_back(few.list()[i]); });
  return DocumentSet(std::move(list));
}

DocumentSet difference_of(const DocumentSet& set, const Bitmap& others) {
  if (set.has_list()) return DocumentSet(sifted(set.list(), others, false));
  Bitmap left = *set.bits();
  left.remove(others);
  return DocumentSet(std::move(left));
}

}  // namespace aisle
