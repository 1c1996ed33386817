#include "server/admin/ranking_routes.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <nlohmann/json.hpp>

#include "server/index_service.h"
#include "server/ranking/evaluation.h"
#include "server/ranking/evaluation_json.h"
#include "server/ranking/ranking_keeper.h"
#include "server/ranking/ranking_versions.h"
#include "server/wire_error.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

constexpr std::size_t who_bytes_max = 128;
constexpr std::int64_t version_max = 0xFFFFFFFF;

std::int64_t clock_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

RankingNote read_note(const JsonReader& body) {
  RankingNote note{body.string_or("who", "unknown"), body.string_or("comment", "")};
  if (note.who.empty() || note.who.size() > who_bytes_max)
    body.member("who").fail(fmt::format("is {} bytes, expected 1 to {}", note.who.size(), who_bytes_max));
  if (note.comment.size() > RankingLimits::comment_bytes_max)
    body.member("comment").fail(
        fmt::format("is {} bytes, the limit is {}", note.comment.size(), RankingLimits::comment_bytes_max));
  return note;
}

std::optional<std::uint32_t> read_version_number(const JsonReader& body, std::string_view name) {
  if (!body.has(name)) return std::nullopt;
  return static_cast<std::uint32_t>(body.integer_or(name, 0, 0, version_max));
}

// The member "document" as text; "" when it is not given.
std::string read_document(const JsonReader& body) {
  if (!body.has("document")) return "";
  if (!body.member("document").is_object()) body.member("document").fail("is not an object");
  return dump_json(body.member("document").value());
}

Result<std::shared_ptr<const Ranking>> compiled(IndexService& index, const std::string& document) {
  AISLE_TRY(auto config, RankingConfig::parse(document));
  return Ranking::compile(std::move(config), index.view().context, 0);
}

// What merchandisers should look at before and after publishing.
Json warnings_of(const Ranking& ranking, const View& view) {
  Json warnings = ranking.warnings;
  for (const std::string& id : missing_products(ranking, view))
    warnings.push_back(fmt::format("product \"{}\" is not in the index", id));
  return warnings;
}

Json version_json(const RankingVersion& version) {
  return {
      {"version", version.number}, {"at", version.at}, {"who", version.who}, {"comment", version.comment}};
}

Result<Json> show_history(IndexService& index, const JsonReader& body) {
  body.allow_only({});
  AISLE_CHECK(body.status());
  StateStore& store = index.ranking().store();
  AISLE_TRY(const auto state, store.read());
  AISLE_TRY(const std::vector<std::uint32_t> numbers, store.rankings());
  Json versions = Json::array();
  for (const std::uint32_t number : numbers) {
    AISLE_TRY(const RankingVersion version, read_version(store, number));
    versions.push_back(version_json(version));
  }
  Json changes = Json::array();
  for (const StateChange& change : state ? state->changes : std::vector<StateChange>()) {
    if (change.what.find("ranking") == std::string::npos) continue;
    changes.push_back(
        {{"at", change.at}, {"who", change.who}, {"what", change.what}, {"comment", change.comment}});
  }
  return Json{{"index", index.name()},
              {"published", state ? state->ranking : 0},
              {"previous", state ? state->previous_ranking : 0},
              {"problem", index.ranking().problem()},
              {"versions", std::move(versions)},
              {"changes", std::move(changes)}};
}

Result<Json> show_version(IndexService& index, std::uint32_t number) {
  AISLE_TRY(const RankingVersion version, read_version(index.ranking().store(), number));
  Json json = version_json(version);
  AISLE_TRY(json["document"], parse_json(version.document, {.bytes_max = IndexState::bytes_max}));
  return json;
}

Result<Json> check(IndexService& index, const JsonReader& body) {
  body.allow_only({"document"});
  const std::string document = read_document(body);
  body.member("document");
  AISLE_CHECK(body.status());
  AISLE_TRY(const auto ranking, compiled(index, document));
  return Json{{"valid", true}, {"warnings", warnings_of(*ranking, index.view())}};
}

Result<Json> store_draft(IndexService& index, const JsonReader& body) {
  body.allow_only({"document", "who", "comment"});
  const RankingNote note = read_note(body);
  const std::string document = read_document(body);
  body.member("document");
  AISLE_CHECK(body.status());
  const View view = index.view();
  AISLE_TRY(const std::uint32_t number, index.ranking().draft(note, document, view.context));
  AISLE_TRY(const auto ranking, index.ranking().version(number, view.context));
  return Json{{"version", number}, {"warnings", warnings_of(*ranking, view)}};
}

std::optional<double> read_share(const JsonReader& gate, std::string_view name) {
  if (!gate.has(name)) return std::nullopt;
  return gate.number_or(name, 0, 0, 1);
}

Result<std::vector<JudgedQuery>> read_judged(const JsonReader& body) {
  const std::string text = body.require_string("judgments");
  AISLE_CHECK(body.status());
  auto queries = read_judgments(text);
  if (!queries) return fail(queries.error().code, body.pointer() + "/judgments: " + queries.error().message);
  return queries;
}

Status check_gate(IndexService& index, const JsonReader& gate, std::shared_ptr<const Ranking> ranking,
                  const QueryLimits& limits) {
  gate.allow_only({"judgments", "min_ndcg", "max_loss"});
  RankingGate wanted;
  wanted.min_ndcg = read_share(gate, "min_ndcg");
  wanted.max_loss = read_share(gate, "max_loss");
  if (gate.ok() && !wanted.min_ndcg && !wanted.max_loss) gate.fail("needs \"min_ndcg\" or \"max_loss\"");
  AISLE_TRY(wanted.queries, read_judged(gate));
  View view = index.view();
  const std::int64_t clock = clock_now();
  AISLE_TRY(const auto before, evaluate(view, wanted.queries, limits, clock));
  view.ranking = std::move(ranking);
  AISLE_TRY(const auto after, evaluate(view, wanted.queries, limits, clock));
  return pass_gate(wanted, before, after);
}

Result<Json> publish(IndexService& index, const JsonReader& body, const QueryLimits& limits) {
  body.allow_only({"document", "version", "expected", "who", "comment", "gate"});
  PublishRequest request{
      .note = read_note(body), .document = read_document(body), .version = 0, .expected = {}};
  request.version = read_version_number(body, "version").value_or(0);
  request.expected = read_version_number(body, "expected");
  if (request.document.empty() == (request.version == 0))
    body.fail("needs either \"document\" or \"version\"");
  AISLE_CHECK(body.status());
  const View view = index.view();
  std::shared_ptr<const Ranking> ranking;
  if (request.version != 0) {
    AISLE_TRY(ranking, index.ranking().version(request.version, view.context));
  } else {
    AISLE_TRY(ranking, compiled(index, request.document));
  }
  if (body.has("gate")) AISLE_CHECK(check_gate(index, body.member("gate"), ranking, limits));
  AISLE_TRY(const std::uint32_t number, index.ranking().publish(request, view.context));
  return Json{{"published", number}, {"warnings", warnings_of(*ranking, view)}};
}

Result<Json> rollback(IndexService& index, const JsonReader& body) {
  body.allow_only({"to", "who", "comment"});
  const RankingNote note = read_note(body);
  const auto target = read_version_number(body, "to");
  AISLE_CHECK(body.status());
  AISLE_TRY(const std::uint32_t number, index.ranking().rollback(note, target, index.view().context));
  return Json{{"published", number}};
}

// The view with the ranking that a member names: a version's number or a document; the published one by
// default.
Result<View> view_of(IndexService& index, const JsonReader& body, std::string_view name) {
  View view = index.view();
  if (!body.has(name)) return view;
  const JsonReader member = body.member(name);
  if (member.is_object()) {
    AISLE_TRY(view.ranking, compiled(index, dump_json(member.value())));
    return view;
  }
  const auto number = static_cast<std::uint32_t>(body.integer_or(name, 0, 0, version_max));
  AISLE_CHECK(body.status());
  AISLE_TRY(view.ranking, index.ranking().version(number, view.context));
  return view;
}

Result<Json> evaluate_rankings(IndexService& index, const JsonReader& body, const QueryLimits& limits) {
  body.allow_only({"judgments", "ranking", "compare"});
  AISLE_TRY(const std::vector<JudgedQuery> queries, read_judged(body));
  const std::int64_t clock = clock_now();
  AISLE_TRY(const View view, view_of(index, body, "ranking"));
  AISLE_TRY(const auto after, evaluate(view, queries, limits, clock));
  std::vector<QueryRelevance> before;
  if (body.has("compare")) {
    AISLE_TRY(const View other, view_of(index, body, "compare"));
    AISLE_TRY(before, evaluate(other, queries, limits, clock));
  }
  return evaluation_json(queries, after, before);
}

HttpHandler version_handler(const FindIndex& find) {
  return [find](const HttpRequest& request) {
    const std::string& text = request.path_parameters.at("version");
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) {
      return refuse({ErrorCode::InvalidArgument, "\"" + text.substr(0, 64) + "\" is no ranking version"},
                    request.request_id);
    }
    return admin_handler(find, [number](IndexService& index, const JsonReader&) {
      return show_version(index, number);
    })(request);
  };
}

}  // namespace

Status add_ranking_routes(HttpServer& server, const FindIndex& find, const QueryLimits& limits) {
  const RouteOptions slow{.time_max =
                              std::chrono::seconds(60)};  // all judged queries are asked, twice for a gate
  const auto to = [&](AdminAction action) { return admin_handler(find, std::move(action)); };
  const auto limited = [&](auto action) {
    return to([limits, action](IndexService& index, const JsonReader& body) {
      return action(index, body, limits);
    });
  };
  AISLE_CHECK(server.route("GET", "/admin/v1/indexes/{index}/ranking", {}, to(show_history)));
  AISLE_CHECK(server.route("GET", "/admin/v1/indexes/{index}/ranking/{version}", {}, version_handler(find)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/ranking/check", {}, to(check)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/ranking/draft", {},
                           admin_handler(find, store_draft, 201)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/ranking/publish", slow, limited(publish)));
  AISLE_CHECK(server.route("POST", "/admin/v1/indexes/{index}/ranking/rollback", {}, to(rollback)));
  return server.route("POST", "/admin/v1/indexes/{index}/ranking/evaluate", slow, limited(evaluate_rankings));
}

}  // namespace aisle
