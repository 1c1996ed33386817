// Whole files, and replacing one so that a crash leaves the old or the new, never half.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

namespace aisle {

// Closes an open file, if it is one.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();
  int get() const { return number_; }  // negative: none is open

 private:
  int number_;
};

// What errno says of `path`, behind `what` ("cannot open"): NotFound, PermissionDenied, ResourceExhausted (no
// room) or Unavailable.
tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path);

// NotFound when it does not exist, TooLarge above `bytes_max`.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max = 256U << 20U);

// Temporary file beside it, fsync, rename, fsync of the folder.
Status write_file_atomically(const std::filesystem::path& path, std::string_view content);

// Durable, too: fsync of the folder `to` lies in. A file or an empty folder that is there already is replaced.
Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to);

// An exclusive lock on a file for as long as the object lives (flock: gone with the process, also on kill
// -9).
class FileLock {
 public:
  // Conflict when another process holds it; the message names the file.
  static Result<FileLock> acquire(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  FileLock& operator=(FileLock&& other) noexcept;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace aisle
