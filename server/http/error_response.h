// The one native error shape: {"error":{"code":"...","message":"...","request_id":"..."}}.
#pragma once
#include <string_view>

#include "server/http/http_message.h"

namespace aisle {

// `code` is snake_case for programs, `message` a lower-case sentence for people. 429 and 503 carry
// Retry-After: 1.
HttpResponse error_response(int status, std::string_view code, std::string_view message,
                            std::string_view request_id);

}  // namespace aisle
