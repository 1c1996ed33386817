#include "server/http/http_metrics.h"

#include <algorithm>

namespace aisle {
namespace {

constexpr std::array<std::string_view, 9> rejections = {"queue_full",   "cap",          "ip_cap",
                                                        "head_timeout", "body_timeout", "write_timeout",
                                                        "too_large",    "bad_framing",  "no_descriptors"};

}  // namespace

void RouteMetrics::observe(const std::string& method, int status, double seconds) {
  const std::size_t first_digit = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  const std::lock_guard lock(mutex_);
  auto [found, added] = requests_.try_emplace({method, status});
  if (added) {
    found->second = metric_counter("aisle_http_requests_total", "Requests answered",
                                   {{"route", route_}, {"method", method}, {"code", std::to_string(status)}});
  }
  auto& duration = durations_[first_digit];
  if (!duration) {
    duration =
        metric_histogram("aisle_http_request_duration_seconds", "From the whole request to the whole answer",
                         {{"route", route_}, {"code_class", std::to_string(first_digit) + "xx"}});
  }
  found->second.add();
  duration->observe(seconds);
}

HttpMetrics::HttpMetrics(const std::string& listener)
    : queue_wait_(metric_histogram("aisle_http_queue_wait_seconds", "Wait for a search permit",
                                   {{"listener", listener}})),
      queue_length_(metric_gauge("aisle_http_queue_length", "Requests waiting for a search permit",
                                 {{"listener", listener}})) {
  for (std::size_t i = 0; i < rejections.size(); ++i) {
    rejected_[i] =
        metric_counter("aisle_http_rejected_total", "Connections and requests refused by the HTTP layer",
                       {{"listener", listener}, {"reason", std::string(rejections[i])}});
  }
  for (std::size_t i = 0; i < connection_states.size(); ++i) {
    connections_[i] = metric_gauge("aisle_http_connections", "Open connections by what they do",
                                   {{"listener", listener}, {"state", std::string(connection_states[i])}});
  }
}

}  // namespace aisle
