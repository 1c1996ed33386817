#include "server/wire_error.h"

#include "base/log.h"
#include "server/http/error_response.h"

namespace aisle {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument:
      return 400;
    case ErrorCode::TooLarge:
      return 413;
    case ErrorCode::NotFound:
      return 404;
    case ErrorCode::Conflict:
      return 409;
    case ErrorCode::FailedPrecondition:
      return 412;
    case ErrorCode::PermissionDenied:
      return 403;
    case ErrorCode::ResourceExhausted:
      return 503;
    case ErrorCode::DeadlineExceeded:
      return 503;
    case ErrorCode::Unavailable:
      return 503;
    case ErrorCode::DataLoss:
      return 500;
    case ErrorCode::Internal:
      return 500;
  }
  return 500;
}

HttpResponse refuse(const Error& error, std::string_view request_id) {
  const int status = http_status(error.code);
  if (status != 500) return error_response(status, code_name(error.code), error.message, request_id);
  log(LogLevel::Error, "http.internal_error", error.message, {{"request_id", request_id}});
  return error_response(500, "internal", "something went wrong on our side", request_id);
}

HttpResponse refuse_search(const Error& error, std::string_view request_id) {
  if (error.code != ErrorCode::Unavailable) return refuse(error, request_id);
  return error_response(503, "shard_unavailable", error.message, request_id);
}

}  // namespace aisle
