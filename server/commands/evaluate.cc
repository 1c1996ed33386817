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

struct Compared {
  View view;
  View other;  // what it is measured against, if anything
};

Result<Json> evaluate_locally(const EvaluateOptions& options, const Compared& compared,
                              const QueryLimits& limits, const std::string& judgments, std::string& answers) {
  AISLE_TRY(const std::vector<JudgedQuery> queries, read_judgments(judgments));
  const std::int64_t clock =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  AnswerListener listener;
  if (!options.answers.empty()) {
    listener = [&](const JudgedQuery& query, const SearchResult& result, const QueryRelevance& figures) {
      answers += dump_json(answer_json(query, result, figures)) + "\n";
    };
  }
  AISLE_TRY(const auto after, evaluate(compared.view, queries, limits, clock, listener));
  std::vector<QueryRelevance> before;
  if (!options.compare.empty()) {
    AISLE_TRY(before, evaluate(compared.other, queries, limits, clock));
  }
  return evaluation_json(queries, after, before, options.worst);
}

Result<std::vector<Json>> evaluate_sets_locally(const EvaluateOptions& options,
                                                const std::vector<std::string>& sets) {
  AISLE_TRY(const OpenedPlace place, resolve_place(options.place));
  AISLE_TRY(const auto service, IndexService::open(place.index, place.data_dir));
  Compared compared;
  AISLE_TRY(compared.view, view_with(*service, options.ranking));
  if (!options.compare.empty()) {
    AISLE_TRY(compared.other, view_with(*service, options.compare));
  }
  std::vector<Json> results;
  std::string answers;
  for (const std::string& judgments : sets) {
    AISLE_TRY(Json result, evaluate_locally(options, compared, place.limits, judgments, answers));
    results.push_back(std::move(result));
  }
  if (!options.answers.empty()) AISLE_CHECK(write_file_atomically(options.answers, answers));
  return results;
}

Result<std::vector<Json>> evaluate_sets(const EvaluateOptions& options) {
  std::vector<std::string> sets;
  for (const auto& file : options.judgments) {
    AISLE_TRY(std::string judgments, read_file(file));
    sets.push_back(std::move(judgments));
  }
  if (!options.remote) return evaluate_sets_locally(options, sets);
  std::vector<Json> results;
  for (const std::string& judgments : sets) {
    AISLE_TRY(Json result, evaluate_remotely(options, judgments));
    results.push_back(std::move(result));
  }
  return results;
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
  auto results = evaluate_sets(options);
  if (!results) return report(results.error());
  const bool several = results->size() > 1;
  for (std::size_t i = 0; i < results->size(); ++i) {
    Json& result = (*results)[i];
    const std::string set = options.judgments[i].string();
    if (options.json) {
      if (several) result["set"] = set;
      fmt::print("{}\n", dump_json(result));
    } else {
      if (several) fmt::print("{}== {}\n", i == 0 ? "" : "\n", set);
      print_evaluation(result);
    }
  }
  return 0;
}

}  // namespace aisle
