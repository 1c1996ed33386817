// What all routes of the admin listener have in common: they name an index, take and give JSON.
#pragma once
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.h"
#include "schemas/json_reader.h"
#include "server/http/http_message.h"

namespace aisle {

class IndexService;

// nullptr when there is no such index.
using FindIndex = std::function<IndexService*(const std::string&)>;

// What a route does. `body` is the request's JSON object, empty for GET and for an empty body; the action
// reads it, beginning with allow_only(), and does nothing unless body.status() is good.
using AdminAction = std::function<Result<nlohmann::json>(IndexService& index, const JsonReader& body)>;

// Finds the index of the path ({index}), reads the body, runs the action and answers its result with
// `status`, or its error. A POST must say "content-type: application/json": no page of another site can send
// that unasked.
HttpHandler admin_handler(FindIndex find, AdminAction action, int status = 200);

}  // namespace aisle
