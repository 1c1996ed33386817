// Errors are values: a code for programs and a sentence for people.
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace aisle {

// What a caller can do about it decides the code, not where it happened.
enum class ErrorCode {
  InvalidArgument,  // the input is wrong; repeating it will not help
  TooLarge,         // the input passes a named limit
  NotFound,
  Conflict,            // somebody else changed it meanwhile
  FailedPrecondition,  // the system is not in the state this needs; the message says what to do
  PermissionDenied,
  ResourceExhausted,  // disk, memory, connections
  DeadlineExceeded,
  Unavailable,  // try again later
  DataLoss,     // stored data is damaged
  Internal,     // our own mistake
};

// Messages are lower case, carry no full stop and name field, value and limit:
// "per_page is 101, the limit is 100".
struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// "invalid_argument" and so on: the spelling used in answers and logs.
std::string_view code_name(ErrorCode code);
// The code spelt so; Internal for an unknown one.
ErrorCode code_of_name(std::string_view name);

}  // namespace aisle

// Leaves the function with the error of `expression`, else goes on.
#define AISLE_CHECK(expression)                                                 \
  do {                                                                          \
    if (auto aisle_status = (expression); !aisle_status) {                      \
      return ::tl::unexpected<::aisle::Error>(std::move(aisle_status).error()); \
    }                                                                           \
  } while (false)

#define AISLE_JOIN_2(a, b) a##b
#define AISLE_JOIN(a, b) AISLE_JOIN_2(a, b)
#define AISLE_TRY_2(result, declaration, expression)                               \
  auto result = (expression);                                                      \
  if (!result) return ::tl::unexpected<::aisle::Error>(std::move(result).error()); \
  declaration = std::move(*result)
// AISLE_TRY(auto value, call()): binds the value or leaves the function with the error.
#define AISLE_TRY(declaration, expression) \
  AISLE_TRY_2(AISLE_JOIN(aisle_result_, __LINE__), declaration, expression)
