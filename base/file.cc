#include "base/file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace aisle {

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

tl::unexpected<Error> system_failure(std::string_view what, const std::filesystem::path& path) {
  const int number = errno;
  const ErrorCode code = number == ENOENT                       ? ErrorCode::NotFound
                         : number == EACCES || number == EPERM  ? ErrorCode::PermissionDenied
                         : number == ENOSPC || number == EDQUOT ? ErrorCode::ResourceExhausted
                                                                : ErrorCode::Unavailable;
  return fail(code, std::string(what) + " " + path.string() + ": " + std::generic_category().message(number));
}

namespace {

Status write_all(int fd, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("cannot write", path);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return system_failure("cannot open", path);
  std::string content;
  char buffer[1U << 16U];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return system_failure("cannot read", path);
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > bytes_max) {
      return fail(ErrorCode::TooLarge,
                  path.string() + " is larger than the limit of " + std::to_string(bytes_max) + " bytes");
    }
  }
}

Status write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  std::filesystem::path temporary = path;
  temporary += ".tmp";
  {
    const FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0) return system_failure("cannot create", temporary);
    AISLE_CHECK(write_all(file.get(), content, temporary));
    if (::fsync(file.get()) != 0) return system_failure("cannot sync", temporary);
  }
  return rename_durably(temporary, path);
}

Status rename_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return system_failure("cannot rename to", to);
  const std::filesystem::path folder = to.has_parent_path() ? to.parent_path() : ".";
  const FileDescriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return system_failure("cannot sync", folder);
  return {};
}

Result<FileLock> FileLock::acquire(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (fd < 0) return system_failure("cannot open", path);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd);
    return fail(ErrorCode::Conflict, path.string() + " is locked by another aisle process");
  }
  return FileLock(fd);
}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace aisle
