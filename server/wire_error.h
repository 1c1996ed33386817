// Where errors meet the outside: the only switch from an error's code to an HTTP status.
#pragma once
#include <string_view>

#include "base/error.h"
#include "server/http/http_message.h"

namespace aisle {

int http_status(ErrorCode code);

// The answer for a failed request. What is our own fault goes to the log; the client gets a sentence without
// internals.
HttpResponse refuse(const Error& error, std::string_view request_id);
// The same of a search, where "unavailable" would not say what is: shards on other nodes.
HttpResponse refuse_search(const Error& error, std::string_view request_id);

}  // namespace aisle
