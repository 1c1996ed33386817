// A set of documents of one segment, in the form that suits its density: an ascending list, bits, or both.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/bitmap.h"

namespace aisle {

// Owns its documents or borrows them from a segment or another set, which must outlive it. Moved, not copied.
class DocumentSet {
 public:
  // A set of more than one document in so many is dense: its bits are smaller than its list.
  static constexpr std::size_t dense_share = 32;

  DocumentSet() = default;
  explicit DocumentSet(std::vector<std::uint32_t> list);
  explicit DocumentSet(Bitmap bits);
  // `bits`, the same documents, may be null.
  static DocumentSet borrow(std::span<const std::uint32_t> list, const Bitmap* bits);
  DocumentSet borrowed() const;

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  bool has_list() const { return list_.size() == size_; }
  std::span<const std::uint32_t> list() const { return list_; }  // when has_list()
  const Bitmap* bits() const { return bits_; }                   // null: there is only a list
  bool contains(std::uint32_t document) const;
  // Calls see(document) for each, ascending.
  template <class See>
  void each(See&& see) const {
    if (has_list()) {
      for (const std::uint32_t document : list_) see(document);
    } else {
      bits_->each(see);
    }
  }
  std::vector<std::uint32_t> to_list() &&;
  std::size_t bytes() const {  // that it owns
    return own_list_.capacity() * sizeof(std::uint32_t) + (own_bits_ ? own_bits_->bytes() : 0);
  }

 private:
  std::vector<std::uint32_t> own_list_;
  std::unique_ptr<const Bitmap> own_bits_;
  std::span<const std::uint32_t> list_;
  const Bitmap* bits_ = nullptr;
  std::size_t size_ = 0;
};

// Of sets of a segment of `size` documents; the only one that is not empty is handed through.
DocumentSet union_of(std::vector<DocumentSet> sets, std::uint32_t size);
DocumentSet intersection_of(const DocumentSet& a, const DocumentSet& b);
// Those of `set` that are not in `others`.
DocumentSet difference_of(const DocumentSet& set, const Bitmap& others);

}  // namespace aisle
