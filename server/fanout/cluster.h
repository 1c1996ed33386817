// This process as one node of several: it asks the others for shards it has not, and answers them.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "query/shard_search.h"
#include "server/fanout/cluster_map.h"
#include "server/fanout/fan_out.h"
#include "server/fanout/fan_out_search.h"
#include "server/fanout/internal_api.h"
#include "server/http/http_server.h"

namespace aisle {

struct ClusterOptions {
  double min_coverage = 1.0;  // of a search that does not say
  QueryLimits limits;
  SpareCores* cores = nullptr;  // as LocalShardSearch takes them
};

// mount() before the server starts; the rest is thread-safe.
class Cluster {
 public:
  Cluster(ClusterOptions options, std::unique_ptr<ClusterMap> map, InternalApi::FindView find_view);

  // Answers other nodes at this server.
  Status mount(HttpServer& server);

  // Takes notice of nodes that came or went; a search does so by itself.
  void meet_others();
  // Whether enough is there to answer searches of it, here or at nodes that say they are ready; else which
  // shards are not.
  Status covers(const std::string& index, const View& view) const;
  // No shard of it lies elsewhere.
  bool is_whole_here(const std::string& index, const View& view) const;
  // All shards of the view, wherever they lie, with all changes up to `min_lsn`. Borrows the view.
  std::unique_ptr<ShardSearch> search(const std::string& index, const View& view, Deadline deadline,
                                      std::optional<double> min_coverage, Lsn min_lsn);

 private:
  ShardSizes& sizes_of(const std::string& index, std::uint32_t generation);

  const ClusterOptions options_;
  const std::unique_ptr<ClusterMap> map_;
  FanOut fan_out_;
  InternalApi api_;
  const Gauge others_gauge_ = metric_gauge("aisle_fanout_nodes", "Other nodes that may be asked for shards");
  std::mutex mutex_;  // guards what follows
  std::shared_ptr<const std::vector<NodeAddress>> others_;
  std::map<std::pair<std::string, std::uint32_t>, ShardSizes> sizes_;
};

}  // namespace aisle
