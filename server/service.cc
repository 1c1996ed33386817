#include "server/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "base/utf8.h"
#include "query/search.h"
#include "server/admin/generation_routes.h"
#include "server/admin/ranking_routes.h"
#include "server/admin/verify_routes.h"
#include "server/http/error_response.h"
#include "server/http/static_files.h"
#include "server/wire_error.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds stop_wait{10};
constexpr std::chrono::milliseconds refused_rest{100};
constexpr std::size_t permits_per_core = 8;  // of searches that wait for other nodes most of their time

void append_feed(std::string& out, const FeedStatus& feed) {
  out += ",\"feed\":{\"state\":";
  append_json_string(out, state_name(feed.state));
  out += ",\"reason\":";
  append_json_string(out, feed.reason);
  out += fmt::format(
      ",\"received_lsn\":\"{}\",\"applied_lsn\":\"{}\",\"confirmed_lsn\":\"{}\",\"reconnects\":{},"
      "\"changes\":{},\"scan\":",
      format_lsn(feed.received_lsn), format_lsn(feed.applied_lsn), format_lsn(feed.confirmed_lsn),
      feed.reconnects, feed.changes);
  append_json_string(out, feed.scan);
  out +=
      fmt::format(",\"scanned_products\":{},\"timeline\":{},\"slot\":{{\"retained_bytes\":{},\"wal_status\":",
                  feed.scanned_products, feed.timeline, feed.slot.retained_bytes);
  append_json_string(out, feed.slot.wal_status);
  out += fmt::format(",\"oldest_writer_pid\":{},\"oldest_writer_seconds\":{:.0f}}}}}",
                     feed.slot.oldest_writer_pid, feed.slot.oldest_writer_seconds);
}

void append_status(std::string& out, const IndexStatus& status) {
  out += "{\"index\":";
  append_json_string(out, status.index);
  out += fmt::format(
      ",\"generation\":{},\"state_version\":{},\"products\":{},\"shards\":{},\"ready\":{},\"source\":\"{}\","
      "\"lsn\":\"{}\",\"lag_ms\":{:.0f},"
      "\"dead_letters\":{},\"problem\":",
      status.generation, status.state_version, status.products, status.shards, status.ready, status.source,
      format_lsn(status.lsn), status.lag_ms, status.dead_letters);
  append_json_string(out, status.problem);
  out += ",\"needs_reindex\":[";
  for (const std::string& reason : status.needs_reindex) {
    if (out.back() != '[') out += ',';
    append_json_string(out, reason);
  }
  out += ']';
  if (status.feed) append_feed(out, *status.feed);
  out += '}';
}

}  // namespace

std::int64_t Service::seconds_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Status Service::start() {
  AISLE_CHECK(join_cluster());
  for (const IndexConfig& config : config_.indexes) {
    auto opened = IndexService::open(config, config_.data_dir, free_bytes_of, membership_);
    if (!opened) return fail(opened.error().code, config.schema.string() + ": " + opened.error().message);
    if (find((*opened)->name()) != nullptr) {
      return fail(ErrorCode::InvalidArgument, "index \"" + (*opened)->name() + "\" is configured twice");
    }
    indexes_.push_back(std::move(*opened));
    std::vector<IndexService*> all;
    for (const auto& index : indexes_) all.push_back(index.get());
    opened_.set(std::make_shared<const std::vector<IndexService*>>(std::move(all)));
  }
  if (config_.cache_bytes_max > 0) {
    for (const auto& index : indexes_) {
      caches_.emplace(index.get(), std::make_unique<AnswerCache>(config_.cache_bytes_max / indexes_.size(),
                                                                 index->name()));
    }
  }
  for (const auto& index : indexes_) index->start();
  return listen();
}

std::unique_ptr<ShardSearch> Service::shards_of(const IndexService& index, const View& view,
                                                std::optional<double> min_coverage, Lsn min_lsn) const {
  const Deadline deadline = Deadline::after(config_.limits.time_hard);
  if (!cluster_) return std::make_unique<LocalShardSearch>(view, deadline, cores_.get());
  return cluster_->search(index.name(), view, deadline, min_coverage, min_lsn);
}

Status Service::listen() {
  const auto listener = [](const char* name, const ListenConfig& listen) {
    HttpConfig http;
    http.name = name;
    http.bind_address = listen.address;
    http.port = listen.port;
    http.loopback_only = true;
    return http;
  };
  HttpConfig http = listener("public", config_.listen);
  http.refused_rest = refused_rest;
  if (asks_others())
    http.permits.permits = permits_per_core * std::max(1U, std::thread::hardware_concurrency());
  public_ = std::make_unique<HttpServer>(http);
  admin_ = std::make_unique<HttpServer>(listener("admin", config_.admin));
  AISLE_CHECK(add_routes());
  AISLE_CHECK(public_->start());
  return admin_->start();
}

Status Service::add_routes() {
  const auto to = [this](HttpResponse (Service::*handler)(const HttpRequest&) const) {
    return [this, handler](const HttpRequest& request) { return (this->*handler)(request); };
  };
  const HttpHandler live = [](const HttpRequest&) { return HttpResponse{.body = "{\"status\":\"live\"}"}; };
  const RouteOptions searching{.takes_permits = true};
  for (HttpServer* server : {public_.get(), admin_.get()}) {
    AISLE_CHECK(server->route("GET", "/livez", {}, live));
    AISLE_CHECK(server->route("GET", "/readyz", {}, to(&Service::ready)));
  }
  AISLE_CHECK(add_generation_routes(*admin_, [this](const std::string& index) { return find(index); }));
  AISLE_CHECK(
      add_ranking_routes(*admin_, [this](const std::string& index) { return find(index); }, config_.limits));
  AISLE_CHECK(admin_->route("GET", "/v1/indexes/{index}/search", searching, to(&Service::preview)));
  AISLE_CHECK(admin_->route("POST", "/v1/indexes/{index}/search", searching, to(&Service::preview)));
  AISLE_CHECK(add_verify_routes(*admin_, [this](const std::string& index) { return find(index); }));
  AISLE_CHECK(admin_->route("GET", "/metrics", {}, to(&Service::metrics)));
  AISLE_CHECK(public_->route("GET", "/metrics", {}, to(&Service::metrics)));
  AISLE_CHECK(public_->route("GET", "/v1/indexes", {}, to(&Service::index_list)));
  AISLE_CHECK(public_->route("GET", "/v1/indexes/{index}/search", searching, to(&Service::search)));
  AISLE_CHECK(public_->route("POST", "/v1/indexes/{index}/search", searching, to(&Service::search)));
  AISLE_CHECK(
      public_->route("GET", "/v1/indexes/{index}/suggest", {.needs_permit = true}, to(&Service::suggest)));
  AISLE_CHECK(public_->route("GET", "/v1/indexes/{index}/products/{id}", {}, to(&Service::product)));
  if (config_.web.empty()) return {};
  AISLE_TRY(StaticFiles files, StaticFiles::load(config_.web));
  return mount(*public_, "", std::make_shared<const StaticFiles>(std::move(files)));
}

void Service::stop() {
  if (public_) drain_as_member();
  if (public_) public_->drain();
  if (public_) {
    if (const Status status = public_->stop(Deadline::after(stop_wait)); !status) {
      log(LogLevel::Warn, "service.stop", status.error().message);
    }
  }
  leave_cluster();
  for (const auto& index : indexes_) index->stop();
  if (admin_) {
    if (const Status status = admin_->stop(Deadline::after(std::chrono::seconds(1))); !status) {
      log(LogLevel::Warn, "service.stop", status.error().message);
    }
  }
}

IndexService* Service::find(const std::string& index) const {
  for (const auto& some : indexes_) {
    if (some->name() == index) return some.get();
  }
  return nullptr;
}

HttpResponse Service::no_index(const HttpRequest& request) {
  const std::string& name = request.path_parameters.at("index");
  return refuse({ErrorCode::NotFound, "there is no index \"" + name + "\""}, request.request_id);
}

HttpResponse Service::product(const HttpRequest& request) const {
  const IndexService* index = find(request.path_parameters.at("index"));
  const std::string& id = request.path_parameters.at("id");
  if (index == nullptr) return no_index(request);
  const View view = index->view();
  const auto found = find_product(*shards_of(*index, view, 1.0), id);
  if (!found) return refuse(found.error(), request.request_id);
  if (!*found) return refuse({ErrorCode::NotFound, "there is no product \"" + id + "\""}, request.request_id);
  return {.body = **found};
}

HttpResponse Service::index_list(const HttpRequest&) const {
  std::string body = "{\"indexes\":[";
  for (const auto& index : indexes_) {
    if (body.back() != '[') body += ',';
    append_status(body, index->status());
  }
  return {.body = body + "]}"};
}

HttpResponse Service::ready(const HttpRequest& request) const {
  if (public_->draining() || (membership_ && membership_->draining()))
    return error_response(503, "draining", "this node is stopping", request.request_id);
  for (const auto& index : indexes_) {
    if (!index->is_ready()) {
      return error_response(503, "not_ready", "index \"" + index->name() + "\" is still being built",
                            request.request_id);
    }
    const Status covered = cluster_ ? cluster_->covers(index->name(), index->view()) : Status();
    if (!covered) return error_response(503, "not_ready", covered.error().message, request.request_id);
  }
  return {.body = "{\"status\":\"ready\"}"};
}

HttpResponse Service::metrics(const HttpRequest&) const {
  for (const auto& index : indexes_) index->publish_metrics();
  for (const auto& [index, cache] : caches_) cache->refresh(index->view(), seconds_now());
  if (cluster_) cluster_->meet_others();
  segments_taken_.add(static_cast<double>(cores_->tasks_taken()));
  return {.content_type = "text/plain; version=0.0.4", .body = render_metrics()};
}

}  // namespace aisle
