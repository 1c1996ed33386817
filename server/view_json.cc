#include "server/view_json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace aisle {
namespace {

// Of this node's copy of each shard, in their order.
std::string seqs_text(const View& view) {
  std::string out;
  for (const auto& shard : view.shards)
    fmt::format_to(std::back_inserter(out), "{}{}", out.empty() ? "" : ",", shard->seq);
  return out;
}

}  // namespace

std::string coverage_text(double coverage) {
  return coverage >= 1 ? "1.0" : fmt::format("{:.4f}", std::floor(coverage * 10'000) / 10'000);
}

void append_view(std::string& out, const View& view, Lsn lsn, double coverage, const AnswerContext& context) {
  out += fmt::format(
      "\"view\":{{\"generation\":{},\"ranking\":{},\"state_version\":{},\"as_of_lsn\":\"{}\",\"seq\":[{}],"
      "\"lag_ms\":{:.0f}{}}},\"coverage\":{}",
      view.generation, view.ranking ? view.ranking->number : 0, view.state_version, format_lsn(lsn),
      seqs_text(view), context.lag_ms, context.control_plane_stale ? ",\"control_plane\":\"stale\"" : "",
      coverage_text(coverage));
}

std::string answer_json(const AnswerText& text, const View& view, Lsn lsn, double coverage,
                        const AnswerContext& context) {
  constexpr std::size_t rest_bytes = 256;
  std::string out;
  out.reserve(text.head.size() + text.tail.size() + rest_bytes);
  out += text.head;
  fmt::format_to(std::back_inserter(out), "{:.3f}", context.took_ms);
  out += text.tail;
  out += ',';
  append_view(out, view, lsn, coverage, context);
  out += '}';
  return out;
}

}  // namespace aisle
