#include "query/document_set.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "query/intersect.h"

namespace aisle {
namespace {

// So many words of bits are met sooner than one document of a list is tested.
constexpr std::size_t words_per_test = 2;

// A union of more than one document in so many is kept as bits, else as a list.
constexpr std::size_t bits_share = 128;

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

// Unites lists, or meets them, through bits that are only touched where some document is: nothing is cleared,
// counted or read of the rest. All zero between two uses.
class Marks {
 public:
  static Marks& of(std::uint32_t size) {
    thread_local Marks marks;
    const std::size_t words = (std::size_t{size} + 63) / 64;
    if (marks.words_.size() < words) {
      marks.words_.resize(words);
      marks.filled_.resize((words + 63) / 64);
    }
    return marks;
  }

  void set(std::uint32_t document) {
    const std::uint32_t word = document >> 6U;
    words_[word] |= std::uint64_t{1} << (document & 63U);
    filled_[word >> 6U] |= std::uint64_t{1} << (word & 63U);
  }

  // Those of `many` that are in `few`.
  std::vector<std::uint32_t> common(std::span<const std::uint32_t> few, std::span<const std::uint32_t> many) {
    for (const std::uint32_t document : few) words_[document >> 6U] |= std::uint64_t{1} << (document & 63U);
    std::vector<std::uint32_t> list(few.size() + 1);  // one more: each is written, and kept when it is one
    std::size_t next = 0;
    for (const std::uint32_t document : many) {
      list[next] = document;
      next += (words_[document >> 6U] >> (document & 63U)) & 1U;
    }
    for (const std::uint32_t document : few) words_[document >> 6U] = 0;
    list.resize(next);
    return list;
  }

  // Those that were set, ascending, at the most so many; none is set afterwards.
  std::vector<std::uint32_t> take(std::size_t most) {
    std::vector<std::uint32_t> list(most);
    std::size_t next = 0;
    for (std::size_t i = 0; i < filled_.size(); ++i) {
      for (std::uint64_t some = std::exchange(filled_[i], 0); some != 0; some &= some - 1) {
        const std::size_t at = i * 64 + static_cast<std::size_t>(std::countr_zero(some));
        for (std::uint64_t word = std::exchange(words_[at], 0); word != 0; word &= word - 1)
          list[next++] =
              static_cast<std::uint32_t>(at * 64 + static_cast<std::size_t>(std::countr_zero(word)));
      }
    }
    list.resize(next);
    return list;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint64_t> filled_;  // a bit a word that is not zero
};

// A long list and a few more documents: most of a word's documents are often those of the word as it was
// typed or meant.
std::vector<std::uint32_t> merged(std::span<const std::uint32_t> list, const DocumentSet& few) {
  std::vector<std::uint32_t> both;
  both.reserve(list.size() + few.size());
  std::size_t at = 0;
  const auto add_until = [&](std::size_t end) {
    both.insert(both.end(), list.begin() + static_cast<std::ptrdiff_t>(at),
                list.begin() + static_cast<std::ptrdiff_t>(end));
    at = end;
  };
  few.each([&](std::uint32_t document) {
    add_until(gallop(list, at, document));
    if (at == list.size() || list[at] != document) both.push_back(document);
  });
  add_until(list.size());
  return both;
}

DocumentSet united_bits(std::span<const DocumentSet> sets, std::uint32_t size) {
  Bitmap found(size);
  for (const DocumentSet& set : sets) {
    if (set.bits() != nullptr && set.size() > found.words().size() / words_per_test) {
      found.add(*set.bits());
    } else {
      set.each([&](std::uint32_t document) { found.set(document); });
    }
  }
  return DocumentSet(std::move(found));
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
  constexpr std::size_t sorted_most = 64;  // numbers that are sorted sooner than marked
  std::size_t total = 0;
  DocumentSet* largest = nullptr;
  for (DocumentSet& set : sets) {
    total += set.size();
    if (largest == nullptr || set.size() > largest->size()) largest = &set;
  }
  if (total == 0) return {};
  const std::size_t others = total - largest->size();
  if (others == 0) return std::move(*largest);
  if (others * jump_ratio < largest->size() && largest->bits() == nullptr) {
    const DocumentSet most = std::exchange(*largest, DocumentSet());
    return DocumentSet(merged(most.list(), union_of(std::move(sets), size)));
  }
  if (total > size / bits_share) return united_bits(sets, size);
  if (total > sorted_most) {
    Marks& marks = Marks::of(size);
    for (const DocumentSet& set : sets) set.each([&](std::uint32_t document) { marks.set(document); });
    return DocumentSet(marks.take(total));
  }
  std::vector<std::uint32_t> list;
  list.reserve(total);
  for (const DocumentSet& set : sets) set.each([&](std::uint32_t document) { list.push_back(document); });
  std::ranges::sort(list);
  list.erase(std::ranges::unique(list).begin(), list.end());
  return DocumentSet(std::move(list));
}

DocumentSet intersection_of(const DocumentSet& a, const DocumentSet& b) {
  constexpr std::size_t marked_least = 32;  // lists of fewer are sooner walked
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
  if (few.size() > marked_least && few.size() * jump_ratio >= many.size()) {
    const std::uint32_t size = std::max(few.list().back(), many.list().back()) + 1;
    return DocumentSet(Marks::of(size).common(few.list(), many.list()));
  }
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
