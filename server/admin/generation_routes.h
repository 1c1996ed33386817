// Generations of an index on the admin listener: what there is, rebuild, cancel, roll back, clean up, read
// again.
#pragma once
#include "base/error.h"
#include "server/admin/admin_request.h"
#include "server/http/http_server.h"

namespace aisle {

// The routes below /admin/v1/indexes/{index}/. Before the server starts; errors as HttpServer::route.
Status add_generation_routes(HttpServer& server, const FindIndex& find);

}  // namespace aisle
