// The ranking's side of the admin listener: look at versions, try documents, publish, go back.
#pragma once
#include "base/error.h"
#include "query/limits.h"
#include "server/admin/admin_request.h"
#include "server/http/http_server.h"

namespace aisle {

// Below /admin/v1/indexes/{index}/ranking; docs/openapi.json.
Status add_ranking_routes(HttpServer& server, const FindIndex& find, const QueryLimits& limits);

}  // namespace aisle
