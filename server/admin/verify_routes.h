// Comparing an index with its source, on the admin listener.
#pragma once
#include "base/error.h"
#include "server/admin/admin_request.h"
#include "server/http/http_server.h"

namespace aisle {

// /admin/v1/indexes/{index}/verify and .../dead_letters. Before the server starts; errors as
// HttpServer::route.
Status add_verify_routes(HttpServer& server, const FindIndex& find);

}  // namespace aisle
