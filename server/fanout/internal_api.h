// What other nodes ask of this one: the shard side of a search over HTTP.
//
//   POST /internal/v1/indexes/{index}/expand | count | match | fetch
//   x-aisle-view          state.generation.ranking.shards.statistics: the view the request is pinned to
//   x-aisle-shards        which shards are asked
//   x-aisle-deadline-ms   time left; an answer that comes later is not wanted
//   x-aisle-min-lsn       changes up to here must be in the answer, which waits for them; optional
//   body, answer          query/shard_wire.h
//   421 not_here          this node has not that view, not those shards or not those changes: ask another
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/spare_cores.h"
#include "query/limits.h"
#include "query/view.h"
#include "server/fanout/cluster_map.h"
#include "server/fanout/view_name.h"
#include "server/http/http_message.h"

namespace aisle {

// Thread-safe.
class InternalApi {
 public:
  // The view of that generation, with those statistics if they are here, once it has all changes up to
  // `min_lsn` or as it is at the deadline; nothing when it may not be searched here.
  using FindView = std::function<std::optional<View>(const std::string& index, const ViewName& wanted,
                                                     Lsn min_lsn, Deadline deadline)>;

  // `cores` as LocalShardSearch takes them.
  InternalApi(FindView find_view, const ClusterMap& map, QueryLimits limits, SpareCores* cores);

  // `route_time` is what the route gives a request from its arrival on.
  HttpResponse answer(std::string_view operation, const HttpRequest& request,
                      std::chrono::milliseconds route_time) const;

 private:
  Result<std::string> answer_body(std::string_view operation, const HttpRequest& request,
                                  std::chrono::milliseconds route_time) const;
  Result<View> pinned_view(const HttpRequest& request, Deadline deadline,
                           std::vector<std::uint32_t>& shards) const;

  FindView find_view_;
  const ClusterMap& map_;
  QueryLimits limits_;
  SpareCores* cores_;
};

}  // namespace aisle
