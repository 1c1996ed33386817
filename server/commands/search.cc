#include "query/search.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <sstream>

#include "base/file.h"
#include "base/log.h"
#include "server/commands/commands.h"
#include "server/index_service.h"
#include "server/search_wire.h"

namespace aisle {
namespace {

double milliseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

SearchRequest request_of(const SearchOptions& options) {
  SearchRequest request;
  request.q = options.q;
  request.filter = options.filter;
  request.facets = options.facets;
  request.sort = options.sort;
  request.page = options.page;
  request.per_page = options.per_page;
  request.explain = options.explain;
  request.clock =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  request.highlight_html = options.json;
  request.highlight_pre = options.json ? "<em>" : "[";
  request.highlight_post = options.json ? "</em>" : "]";
  return request;
}

void print_values(const std::vector<FacetValue>& values, int depth) {
  for (const FacetValue& value : values) {
    fmt::print("{:>{}}{} ({}){}\n", "", 4 + depth * 2, value.value, value.count, value.selected ? " *" : "");
    print_values(value.children, depth + 1);
  }
}

void print_result(const SearchResult& result, double took_ms) {
  fmt::print("{} products in {:.2f} ms", result.total, took_ms);
  if (result.typos > 0) fmt::print(", up to {} typos a word", result.typos);
  for (const std::string& word : result.dropped_words) fmt::print(", without \"{}\"", word);
  fmt::print("\n");
  std::size_t rank = static_cast<std::size_t>((result.page - 1) * result.per_page);
  for (const Hit& hit : result.hits) {
    fmt::print("{:3}. {} (score {})\n", ++rank, hit.id, hit.score);
    for (const auto& [field, text] : hit.highlight) fmt::print("       {}: {}\n", field, text);
    for (const ScorePart& part : hit.explain) {
      fmt::print("         {:>8} {} {} {} {} {}\n", part.points, part.kind, part.word, part.term, part.field,
                 part.rule);
    }
  }
  for (const FacetResult& facet : result.facets) {
    if (facet.numeric) {
      fmt::print("  {}: {} products, {} to {}, mean {}\n", facet.field, facet.count, facet.min, facet.max,
                 facet.avg);
    } else {
      fmt::print("  {}:\n", facet.field);
      print_values(facet.values, 0);
    }
  }
}

// Latencies of every query of a file: the text before the first tab of each line.
int measure(const SearchOptions& options, const View& view, const QueryLimits& limits) {
  const auto text = read_file(options.queries);
  if (!text) return report(text.error());
  std::istringstream lines(*text);
  std::vector<double> times;
  std::uint64_t empty = 0;
  std::uint64_t total = 0;
  SearchRequest request = request_of(options);
  for (std::string line; std::getline(lines, line);) {
    request.q = line.substr(0, line.find('\t'));
    const auto begin = std::chrono::steady_clock::now();
    const auto result = search(view, request, limits, Deadline::after(limits.time_hard));
    times.push_back(milliseconds_since(begin));
    if (!result) return report(result.error());
    empty += result->total == 0 ? 1U : 0U;
    total += result->total;
  }
  if (times.empty())
    return report({ErrorCode::InvalidArgument, options.queries.string() + " holds no query"});
  double sum = 0;
  for (const double time : times) sum += time;
  std::ranges::sort(times);
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  fmt::print(
      "{{\"queries\":{},\"zero_hits\":{},\"mean_total\":{:.1f},\"mean_ms\":{:.3f},\"p50_ms\":{:.3f},\"p95_"
      "ms\":{:.3f},"
      "\"p99_ms\":{:.3f},\"max_ms\":{:.3f}}}\n",
      times.size(), empty, static_cast<double>(total) / static_cast<double>(times.size()),
      sum / static_cast<double>(times.size()), at(0.5), at(0.95), at(0.99), times.back());
  return 0;
}

}  // namespace

int search(const SearchOptions& options) {
  set_log_level(LogLevel::Warn);
  const auto place = resolve_place(options.place);
  if (!place) return report(place.error());
  const auto service = IndexService::open(place->index, place->data_dir);
  if (!service) return report(service.error());
  const View view = (*service)->view();
  if (!options.queries.empty()) return measure(options, view, place->limits);
  const auto begin = std::chrono::steady_clock::now();
  const auto result =
      search(view, request_of(options), place->limits, Deadline::after(place->limits.time_hard));
  if (!result) return report(result.error());
  const double took_ms = milliseconds_since(begin);
  if (options.json) {
    fmt::print("{}\n", search_json(*result, view, {.took_ms = took_ms, .lag_ms = 0}));
  } else {
    print_result(*result, took_ms);
  }
  return 0;
}

}  // namespace aisle
