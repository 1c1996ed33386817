#include "indexer/xapian_failure.h"

#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>

namespace aisle {

Error xapian_failure(const std::filesystem::path& folder, const Xapian::Error& error) {
  const std::string_view type = error.get_type();
  if (type == "DatabaseLockError") {
    return {ErrorCode::Conflict, folder.string() + " is locked by another writer"};
  }
  ErrorCode code = ErrorCode::Unavailable;
  if (type == "DatabaseCorruptError") code = ErrorCode::DataLoss;
  if (type == "DatabaseVersionError") code = ErrorCode::FailedPrecondition;
  if (type == "InvalidArgumentError") code = ErrorCode::InvalidArgument;
  std::string message = folder.string() + ": " + std::string(type) + ": " + error.get_msg();
  if (const char* system = error.get_error_string()) {
    if (std::string_view(system) == std::strerror(ENOSPC)) code = ErrorCode::ResourceExhausted;
    message += std::string(": ") + system;
  }
  return {code, std::move(message)};
}

}  // namespace aisle
