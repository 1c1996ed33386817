#include "base/error.h"

namespace aisle {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return "invalid_argument";
    case ErrorCode::TooLarge:
      return "too_large";
    case ErrorCode::NotFound:
      return "not_found";
    case ErrorCode::Conflict:
      return "conflict";
    case ErrorCode::FailedPrecondition:
      return "failed_precondition";
    case ErrorCode::PermissionDenied:
      return "permission_denied";
    case ErrorCode::ResourceExhausted:
      return "resource_exhausted";
    case ErrorCode::DeadlineExceeded:
      return "deadline_exceeded";
    case ErrorCode::Unavailable:
      return "unavailable";
    case ErrorCode::DataLoss:
      return "data_loss";
    case ErrorCode::Internal:
      return "internal";
  }
  return "internal";
}

ErrorCode code_of_name(std::string_view name) {
  for (int code = 0; code < static_cast<int>(ErrorCode::Internal); ++code) {
    if (code_name(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::Internal;
}

}  // namespace aisle
