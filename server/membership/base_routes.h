// Bases over HTTP, for other nodes: on a listener that shoppers do not reach.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/error.h"
#include "indexer/shard_set.h"
#include "server/http/http_server.h"
#include "server/membership/base_store.h"

namespace aisle {

// The shards of a generation; null when this node has none or cannot give it.
using FindShards =
    std::function<std::shared_ptr<ShardSet>(const std::string& index, std::uint32_t generation)>;

//   GET /internal/v1/indexes/{index}/generations/{generation}/base   BaseManifest
//   GET /internal/v1/base/{id}/{shard}/{file}?offset=N               bytes of a file
Status add_base_routes(HttpServer& server, std::shared_ptr<BaseStore> store, FindShards find);

}  // namespace aisle
