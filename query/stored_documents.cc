#include "query/stored_documents.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/file.h"

namespace aisle {
StoredDocuments::StoredDocuments(StoredDocuments&& other) noexcept {
  *this = std::move(other);
}

StoredDocuments& StoredDocuments::operator=(StoredDocuments&& other) noexcept {
  std::swap(offsets_, other.offsets_);
  std::swap(memory_, other.memory_);
  std::swap(data_, other.data_);
  std::swap(mapped_bytes_, other.mapped_bytes_);
  if (mapped_bytes_ == 0) data_ = memory_.data();  // a short string moves with its object
  return *this;
}

StoredDocuments::~StoredDocuments() {
  if (mapped_bytes_ > 0) ::munmap(const_cast<char*>(data_), mapped_bytes_);
}

Result<StoredDocuments> StoredDocuments::map(int descriptor, std::size_t begin,
                                             std::vector<std::uint64_t> offsets) {
  StoredDocuments documents;
  documents.offsets_ = std::move(offsets);
  const auto bytes = static_cast<std::size_t>(documents.offsets_.empty() ? 0 : documents.offsets_.back());
  documents.data_ = documents.memory_.data();
  if (bytes == 0) return documents;
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor, static_cast<off_t>(begin));
  if (mapped == MAP_FAILED) return system_failure("cannot map", "stored documents");
  documents.data_ = static_cast<const char*>(mapped);
  documents.mapped_bytes_ = bytes;
  return documents;
}

StoredDocuments::Builder::~Builder() {
  if (fd_ >= 0) ::close(fd_);
}

Status StoredDocuments::Builder::add(std::string_view stored) {
  buffer_ += stored;
  offsets_.push_back(offsets_.back() + stored.size());
  if (buffer_.size() > memory_bytes_max) return spill();
  return {};
}

Status StoredDocuments::Builder::spill() {
  if (fd_ < 0) {
    std::string pattern = (folder_ / "stored-XXXXXX").string();
    fd_ = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (fd_ < 0) return system_failure("cannot create", pattern);
    ::unlink(pattern.c_str());
  }
  std::string_view rest = buffer_;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("cannot write stored documents in", folder_);
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<StoredDocuments> StoredDocuments::Builder::finish() {
  StoredDocuments documents;
  if (fd_ >= 0) {
    AISLE_CHECK(spill());
    const auto bytes = static_cast<std::size_t>(offsets_.back());
    void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd_, 0);
    if (mapped == MAP_FAILED) return system_failure("cannot map", "stored documents");
    documents.data_ = static_cast<const char*>(mapped);
    documents.mapped_bytes_ = bytes;
  } else {
    buffer_.shrink_to_fit();
    documents.memory_ = std::move(buffer_);
    documents.data_ = documents.memory_.data();
  }
  offsets_.shrink_to_fit();
  documents.offsets_ = std::move(offsets_);
  return documents;
}

}  // namespace aisle
