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

}  // namespace aisle
