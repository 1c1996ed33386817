// This process as one node of several: it asks the others for shards it has not, and answers them.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/error.h"
#include "query/shard_search.h"
#include "server/fanout/cluster_config.h"
#include "server/fanout/fan_out.h"
#include "server/fanout/fan_out_search.h"
#include "server/fanout/internal_api.h"
#include "server/http/http_server.h"

namespace aisle {

// start() and stop() from one thread; search() is thread-safe.
class Cluster {
 public:
  Cluster(const ClusterConfig& config, const QueryLimits& limits, InternalApi::FindView find_view);

  // Listens for other nodes. Errors name the address.
  Status start();
  void stop(Deadline deadline);
  std::uint16_t port() const { return server_->port(); }

  // All shards of the view, wherever they lie. Borrows the view.
  std::unique_ptr<ShardSearch> search(const std::string& index, const View& view, Deadline deadline,
                                      std::optional<double> min_coverage);

 private:
  ShardSizes& sizes_of(const std::string& index, std::uint32_t generation);

  ClusterConfig config_;
  std::unique_ptr<ClusterMap> map_;
  FanOut fan_out_;
  InternalApi api_;
  std::unique_ptr<HttpServer> server_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::uint32_t>, ShardSizes> sizes_;
};

}  // namespace aisle
