// Everything that `aisle serve` runs: the indexes of the configuration, the public and the admin listener.
#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/error.h"
#include "base/metrics.h"
#include "base/snapshot.h"
#include "base/spare_cores.h"
#include "server/answer_cache/answer_cache.h"
#include "server/fanout/cluster.h"
#include "server/http/http_server.h"
#include "server/index_service.h"
#include "server/membership/membership.h"
#include "server/service_config.h"

namespace aisle {

// start() and stop() from one thread.
class Service {
 public:
  // `role` matters in a cluster only; a process of its own feeds and serves.
  explicit Service(ServiceConfig config, MemberRole role = MemberRole::Serve)
      : config_(std::move(config)), role_(role) {}

  // Opens every index, then listens. Errors name the index or the address.
  Status start();
  // Readiness goes first, requests under way finish, applied changes are committed. At most ~10 s.
  void stop();

  std::uint16_t port() const { return public_->port(); }
  std::uint16_t admin_port() const { return admin_->port(); }
  const std::vector<std::unique_ptr<IndexService>>& indexes() const { return indexes_; }

 private:
  // Of a cluster: see service_member.cc.
  Status join_cluster();
  Status become_member();
  std::unique_ptr<Cluster> make_cluster();
  bool asks_others() const;                                      // its searches wait for other nodes
  const IndexService* find_opened(std::string_view name) const;  // null while it is not open
  void drain_as_member();
  void leave_cluster();
  Status listen();
  Status add_routes();
  IndexService* find(const std::string& index) const;
  static HttpResponse no_index(const HttpRequest& request);
  static std::int64_t seconds_now();  // since 1970 UTC

  std::unique_ptr<ShardSearch> shards_of(const IndexService& index, const View& view,
                                         std::optional<double> min_coverage, Lsn min_lsn = 0) const;

  // service_search.cc
  struct SearchCall;
  HttpResponse search(const HttpRequest& request) const;
  HttpResponse preview(const HttpRequest& request) const;  // on the admin listener
  HttpResponse search(const HttpRequest& request, bool preview) const;
  AnswerCache* cache_for(const SearchCall& call) const;
  static HttpResponse found(const SearchCall& call, const AnswerCache::Found& found, double seconds);
  HttpResponse compute(const SearchCall& call, AnswerCache::Flight* flight) const;

  HttpResponse suggest(const HttpRequest& request) const;  // service_suggest.cc
  HttpResponse product(const HttpRequest& request) const;
  HttpResponse index_list(const HttpRequest& request) const;
  HttpResponse ready(const HttpRequest& request) const;
  HttpResponse metrics(const HttpRequest& request) const;

  ServiceConfig config_;
  const MemberRole role_;
  const std::unique_ptr<SpareCores> cores_ = make_spare_cores(config_.limits);
  const Counter segments_taken_ =
      metric_counter("aisle_search_segments_taken_total", "Segments of searches looked at by an idle core");
  std::shared_ptr<Membership> membership_;       // null: a process of its own
  std::unique_ptr<HttpServer> internal_;         // for other nodes
  Snapshot<std::vector<IndexService*>> opened_;  // what other nodes are told of
  std::vector<std::unique_ptr<IndexService>> indexes_;
  std::unique_ptr<HttpServer> public_;
  std::unique_ptr<HttpServer> admin_;
  std::map<const IndexService*, std::unique_ptr<AnswerCache>> caches_;  // none when switched off
  std::unique_ptr<Cluster> cluster_;                                    // null: this process answers alone
};

}  // namespace aisle
