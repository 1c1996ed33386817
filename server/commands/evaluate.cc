#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/log.h"
#include "schemas/json_reader.h"
#include "server/commands/rank.h"
#include "server/index_service.h"
#include "server/ranking/evaluation_json.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

std::optional<std::uint32_t> version_number(const std::string& text) {
  const bool digits = !text.empty() && text.size() < 10 &&
                      std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional(static_cast<std::uint32_t>(std::stoul(text))) : std::nullopt;
}

// A version's number, or the document of a file.
Result<Json> named_ranking(const std::string& name) {
  if (const auto number = version_number(name)) return Json(*number);
  AISLE_TRY(const std::string text, read_file(name));
  return parse_json(text, {.bytes_max = RankingLimits::document_bytes_max});
}

Result<Json> evaluate_remotely(const EvaluateOptions& options, const std::string& judgments) {
  AISLE_TRY(const AdminClient client, AdminClient::of(options.admin));
  Json body = {{"judgments", judgments}};
  if (!options.ranking.empty()) {
    AISLE_TRY(body["ranking"], named_ranking(options.ranking));
  }
  if (!options.compare.empty()) {
    AISLE_TRY(body["compare"], named_ranking(options.compare));
  }
  return client.post(admin_path(options.index, "ranking/evaluate"), body);
}

// The service's view with the ranking that is named instead of the published one.
Result<View> view_with(IndexService& service, const std::string& name) {
  View view = service.view();
  if (name.empty()) return view;
  if (const auto number = version_number(name)) {
    AISLE_TRY(view.ranking, service.ranking().version(*number, view.context));
    return view;
  }
  AISLE_TRY(auto config, RankingConfig::load(name));
  auto ranking = Ranking::compile(std::move(config), view.context, 0);
  if (!ranking) return fail(ranking.error().code, name + ": " + ranking.error().message);
  view.ranking = std::move(*ranking);
  return view;
}

Result<Json> evaluate_locally(const EvaluateOptions& options, const std::string& judgments) {
  AISLE_TRY(const std::vector<JudgedQuery> queries, read_judgments(judgments));
  AISLE_TRY(const OpenedPlace place, resolve_place(options.place));
  AISLE_TRY(const auto service, IndexService::open(place.index, place.data_dir));
  const std::int64_t clock =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  AISLE_TRY(const View view, view_with(*service, options.ranking));
  AISLE_TRY(const auto after, evaluate(view, queries, place.limits, clock));
  std::vector<QueryRelevance> before;
  if (!options.compare.empty()) {
    AISLE_TRY(const View other, view_with(*service, options.compare));
    AISLE_TRY(before, evaluate(other, queries, place.limits, clock));
  }
  return evaluation_json(queries, after, before);
}

std::string shown(const Json& interval) {
  return fmt::format("{:.4f}  (95 % interval {:.4f} to {:.4f})", interval["mean"].get<double>(),
                     interval["low"].get<double>(), interval["high"].get<double>());
}

void print_figures(const Json& figures) {
  fmt::print("nDCG@10       {}\nprecision@10  {}\nrecall@100    {}\nzero hits     {} of {} queries\n",
             shown(figures["ndcg_10"]), shown(figures["precision_10"]), shown(figures["recall_100"]),
             figures["zero_hits"].get<std::size_t>(), figures["queries"].get<std::size_t>());
}

void print_evaluation(const Json& result) {
  print_figures(result);
  const bool compared = result.contains("compared_with");
  if (compared) {
    fmt::print("\ncompared with\n");
    print_figures(result["compared_with"]);
    fmt::print("\ndifference of nDCG@10  {}\n", shown(result["difference"]));
  }
  fmt::print("\n{}\n", compared ? "queries that lose most" : "worst queries");
  for (const Json& one : result["worst"]) {
    fmt::print("  {:.4f}{}  {}\n", one["ndcg_10"].get<double>(),
               compared ? fmt::format(" (was {:.4f})", one["before"].get<double>()) : "",
               one["query"].get<std::string>());
  }
}

}  // namespace

int evaluate_ranking(const EvaluateOptions& options) {
  set_log_level(LogLevel::Warn);
  const auto judgments = read_file(options.judgments);
  if (!judgments) return report(judgments.error());
  const auto result =
      options.remote ? evaluate_remotely(options, *judgments) : evaluate_locally(options, *judgments);
  if (!result) return report(result.error());
  if (options.json) {
    fmt::print("{}\n", dump_json(*result));
  } else {
    print_evaluation(*result);
  }
  return 0;
}

}  // namespace aisle
