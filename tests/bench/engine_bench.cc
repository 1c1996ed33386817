// Searches of a workload against an index that no service has open, one at a time and without HTTP.
//
//   engine_bench --schema S --data D --workload W
//       every class once to warm up, then timed: one JSON object
//   engine_bench --schema S --data D --workload W --commands
//       answers commands on standard input, one JSON object a line: "round CLASS [SECONDS]" times,
//       "answers CLASS" shows what was found
//   engine_bench --schema S --tokens documents|queries
//       the tokens of each line of standard input, by spaces
//
// The index is made by `aisle import` with the same --schema and --data. Limits are set as for the service,
// by AISLE_LIMITS__...; times are those of search(), from the request to the hits with their stored products.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "analyzers/analyzer.h"
#include "base/log.h"
#include "query/search.h"
#include "server/commands/commands.h"
#include "server/index_service.h"
#include "workload.h"

namespace aisle::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct Options {
  IndexPlace place;
  std::filesystem::path workload;
  std::filesystem::path ranking;     // empty: none
  std::vector<std::string> classes;  // empty: all
  int rounds = 3;
  int warmup = 1;
  bool commands = false;
  std::filesystem::path answers;
  std::string tokens;
};

constexpr double seconds_max = 1e6;

double milliseconds_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Json facets_of(const SearchResult& result) {
  Json facets = Json::object();
  for (const FacetResult& facet : result.facets) {
    Json values = Json::array();
    for (const FacetValue& value : facet.values) values.push_back({value.value, value.count});
    facets[facet.field] = std::move(values);
  }
  return facets;
}

Json answer_of(const SearchResult& result) {
  Json ids = Json::array();
  for (const Hit& hit : result.hits) ids.push_back(hit.id);
  return {{"total", result.total},
          {"ids", std::move(ids)},
          {"typos", result.typos},
          {"dropped", result.dropped_words.size()},
          {"facets", facets_of(result)}};
}

// What one class took: the latencies of its queries in their order, and how many products each found.
struct Round {
  std::vector<double> ms;
  std::vector<std::uint64_t> totals;
};

class Bench {
 public:
  Bench(const View& view, const QueryLimits& limits, std::vector<Query> queries, SpareCores* cores)
      : view_(view), limits_(limits), queries_(std::move(queries)), cores_(cores) {}

  // At the most for so many seconds: what is left of the class then is left out.
  Result<Round> round(const std::string& query_class, double seconds) const {
    Round round;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    for (const Query& query : queries_) {
      if (query.query_class != query_class) continue;
      const auto begin = Clock::now();
      if (begin > end) break;
      AISLE_TRY(const SearchResult result, ask(query));
      round.ms.push_back(milliseconds_since(begin));
      round.totals.push_back(result.total);
    }
    return round;
  }

  Result<Json> answers(const std::string& query_class) const {
    Json answers = Json::array();
    for (const Query& query : queries_) {
      if (query.query_class != query_class) continue;
      AISLE_TRY(const SearchResult result, ask(query));
      answers.push_back(answer_of(result));
    }
    return answers;
  }

  std::vector<std::string> classes() const { return classes_of(queries_); }

 private:
  Result<SearchResult> ask(const Query& query) const {
    LocalShardSearch shards(view_, Deadline::after(limits_.time_hard), cores_);
    return search(view_, query.request, limits_, shards);
  }

  const View& view_;
  const QueryLimits& limits_;
  const std::vector<Query> queries_;
  SpareCores* const cores_;
};

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

Json about(const IndexService& service, const View& view, double load_ms) {
  const SegmentBytes bytes = image_bytes(view);
  std::size_t segments = 0;
  for (const auto& shard : view.shards) segments += shard->segments.size();
  return {{"engine", "aisle " AISLE_VERSION},
          {"products", view.live()},
          {"shards", view.shards.size()},
          {"segments", segments},
          {"load_ms", load_ms},
          {"index_bytes", folder_bytes(service.folder())},
          {"memory_bytes", bytes.memory()},
          {"memory",
           {{"ids", bytes.ids},
            {"terms", bytes.terms},
            {"postings", bytes.postings},
            {"lengths", bytes.lengths},
            {"forward", bytes.forward},
            {"columns", bytes.columns},
            {"stored_offsets", bytes.stored_memory},
            {"stored_file", bytes.stored_file}}},
          {"peak_bytes", peak_memory_bytes()}};
}

Json figures_of(std::vector<double> ms, const Round& last) {
  double sum = 0;
  for (const double one : ms) sum += one;
  std::ranges::sort(ms);
  const auto at = [&](double share) {
    return ms[static_cast<std::size_t>(share * static_cast<double>(ms.size() - 1))];
  };
  std::uint64_t found = 0;
  for (const std::uint64_t total : last.totals) found += total;
  return {{"queries", last.totals.size()},
          {"mean_ms", sum / static_cast<double>(ms.size())},
          {"p50_ms", at(0.5)},
          {"p95_ms", at(0.95)},
          {"p99_ms", at(0.99)},
          {"max_ms", ms.back()},
          {"mean_total", static_cast<double>(found) / static_cast<double>(last.totals.size())},
          {"zero_hits", std::ranges::count(last.totals, 0U)}};
}

int measure(const Bench& bench, const Options& options, Json summary) {
  std::ofstream answers(options.answers);
  summary["classes"] = Json::object();
  for (const std::string& query_class : options.classes.empty() ? bench.classes() : options.classes) {
    std::vector<double> all;
    Round last;
    for (int i = -options.warmup; i < options.rounds; ++i) {
      auto round = bench.round(query_class, seconds_max);
      if (!round) return report(round.error());
      last = *std::move(round);
      if (i >= 0) all.insert(all.end(), last.ms.begin(), last.ms.end());
    }
    if (all.empty()) return report({ErrorCode::InvalidArgument, "the workload has no class " + query_class});
    summary["classes"][query_class] = figures_of(std::move(all), last);
    if (options.answers.empty()) continue;
    const auto found = bench.answers(query_class);
    if (!found) return report(found.error());
    for (const Json& answer : *found)
      answers << Json{{"class", query_class}, {"answer", answer}}.dump() << '\n';
  }
  fmt::print("{}\n", summary.dump(1));
  return 0;
}

int follow_commands(const Bench& bench, const Json& summary) {
  std::cout << summary.dump() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    std::string query_class;
    double seconds = seconds_max;
    words >> verb >> query_class >> seconds;
    if (verb == "answers") {
      const auto answers = bench.answers(query_class);
      if (!answers) return report(answers.error());
      std::cout << Json{{"class", query_class}, {"answers", *answers}}.dump() << std::endl;
      continue;
    }
    const auto round = bench.round(query_class, seconds);
    if (!round) return report(round.error());
    std::cout << Json{{"class", query_class}, {"ms", round->ms}, {"totals", round->totals}}.dump()
              << std::endl;
  }
  return 0;
}

int print_tokens(const Analyzer& analyzer, const std::string& side) {
  std::string out;
  for (std::string line; std::getline(std::cin, line);) {
    out.clear();
    for (const Token& token : side == "queries" ? analyzer.query_tokens(line) : analyzer.index_tokens(line))
      out += (out.empty() ? "" : " ") + token.text;
    std::cout << out << '\n';
  }
  return 0;
}

Status rank_by(const std::filesystem::path& file, View& view) {
  AISLE_TRY(auto config, RankingConfig::load(file.string()));
  AISLE_TRY(view.ranking, Ranking::compile(std::move(config), view.context, 1));
  return {};
}

int run(const Options& options) {
  set_log_level(LogLevel::Warn);
  const auto place = resolve_place(options.place);
  if (!place) return report(place.error());
  if (!options.tokens.empty()) {
    const auto analyzer = Analyzer::create("none");
    if (!analyzer) return report(analyzer.error());
    return print_tokens(**analyzer, options.tokens);
  }
  const auto begin = Clock::now();
  const auto service = IndexService::open(place->index, place->data_dir);
  if (!service) return report(service.error());
  const double load_ms = milliseconds_since(begin);
  View view = (*service)->view();
  if (!options.ranking.empty()) {
    if (const Status status = rank_by(options.ranking, view); !status) return report(status.error());
  }
  if (view.live() == 0)
    return report({ErrorCode::InvalidArgument, "the index is empty: make it with aisle import"});
  auto queries = read_workload(options.workload);
  if (!queries) return report(queries.error());
  const auto cores = make_spare_cores(place->limits);
  const Bench bench(view, place->limits, *std::move(queries), cores.get());
  const Json summary = about(**service, view, load_ms);
  return options.commands ? follow_commands(bench, summary) : measure(bench, options, summary);
}

}  // namespace
}  // namespace aisle::bench

int main(int argc, char** argv) {
  aisle::bench::Options options;
  CLI::App app("searches of a workload, one at a time and without HTTP");
  app.add_option("--schema", options.place.schema, "catalogue schema")->required();
  app.add_option("--data", options.place.data_dir, "folder of the index");
  app.add_option("--workload", options.workload, "queries, one JSON object a line");
  app.add_option("--ranking", options.ranking, "ranking document");
  app.add_option("--class", options.classes, "only these classes");
  app.add_option("--rounds", options.rounds, "how often each class is timed")->check(CLI::Range(1, 1000));
  app.add_option("--warmup", options.warmup, "rounds before, not timed")->check(CLI::Range(0, 1000));
  app.add_option("--answers", options.answers, "file for what each query found");
  app.add_flag("--commands", options.commands, "take commands from standard input");
  app.add_option("--tokens", options.tokens, "print tokens instead")
      ->check(CLI::IsMember({"documents", "queries"}));
  CLI11_PARSE(app, argc, argv);
  return aisle::bench::run(options);
}
