// The stored JSON of a segment's documents. Small sets live in memory, large ones in an unnamed file that the
// kernel pages in and out: a page of hits touches a few kilobytes of it, and it vanishes with its last
// reader.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

// Immutable once built; thread-safe.
class StoredDocuments {
 public:
  class Builder;

  StoredDocuments() = default;
  StoredDocuments(StoredDocuments&& other) noexcept;
  StoredDocuments& operator=(StoredDocuments&& other) noexcept;
  StoredDocuments(const StoredDocuments&) = delete;
  StoredDocuments& operator=(const StoredDocuments&) = delete;
  ~StoredDocuments();

  std::string_view get(std::uint32_t document) const {
    return {data_ + offsets_[document],
            static_cast<std::size_t>(offsets_[document + 1] - offsets_[document])};
  }
  // Those at `begin` of an open file, a multiple of the page size; it may be closed afterwards. `offsets` are
  // those of another. Unavailable when it cannot be mapped.
  static Result<StoredDocuments> map(int descriptor, std::size_t begin, std::vector<std::uint64_t> offsets);

  const std::vector<std::uint64_t>& offsets() const { return offsets_; }
  std::string_view bytes() const {  // of all documents
    return {data_, static_cast<std::size_t>(offsets_.empty() ? 0 : offsets_.back())};
  }
  std::size_t memory_bytes() const {
    return offsets_.capacity() * sizeof(std::uint64_t) + memory_.capacity();
  }
  std::size_t file_bytes() const { return mapped_bytes_; }

 private:
  std::vector<std::uint64_t> offsets_;
  std::string memory_;
  const char* data_ = nullptr;  // into memory_ or the mapping
  std::size_t mapped_bytes_ = 0;
};

// Appends documents in the order of their numbers; spills to a file in `folder` above `memory_bytes_max`.
class StoredDocuments::Builder {
 public:
  static constexpr std::size_t memory_bytes_max = 1U << 20U;

  explicit Builder(std::filesystem::path folder) : folder_(std::move(folder)) { offsets_.push_back(0); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder();

  Status add(std::string_view stored);
  Result<StoredDocuments> finish();

 private:
  Status spill();

  std::filesystem::path folder_;
  std::vector<std::uint64_t> offsets_;
  std::string buffer_;
  int fd_ = -1;
};

}  // namespace aisle
