#include "server/commands/rank.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "query/popular_queries.h"
#include "query/ranking.h"
#include "schemas/json_reader.h"
#include "schemas/ranking.h"
#include "server/commands/generation_commands.h"
#include "server/ranking/document_diff.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

// A ranking document as JSON, checked as far as that is possible without its catalogue.
Result<Json> read_document(const std::filesystem::path& file) {
  AISLE_CHECK(RankingConfig::load(file.string()));
  AISLE_TRY(const std::string text, read_file(file));
  return parse_json(text, {.bytes_max = RankingLimits::document_bytes_max});
}

// With the queries of a log, if one is named.
Result<Json> read_document(const RankOptions& options) {
  AISLE_TRY(Json document, read_document(options.file));
  if (options.queries.empty()) return document;
  AISLE_TRY(const std::string log, read_file(options.queries));
  const auto queries = read_query_log(log);
  if (!queries) return fail(queries.error().code, options.queries.string() + ": " + queries.error().message);
  document["queries"] = Json::array();
  for (const PopularQuery& query : *queries)
    document["queries"].push_back({{"q", query.q}, {"count", query.count}});
  return document;
}

Json note_of(const RankOptions& options) {
  return {{"who", options.who.empty() ? who_am_i() : options.who}, {"comment", options.comment}};
}

std::string index_of(const Json& document) {
  return document.value("index", "");
}

void print_warnings(const Json& answer) {
  for (const Json& warning : answer.value("warnings", Json::array()))
    fmt::print("warning: {}\n", warning.get<std::string>());
}

std::string text_of(const Json& object, const char* name) {
  return object.value(name, "");
}

Result<Json> publish_body(const RankOptions& options, std::string& index) {
  Json body = note_of(options);
  if (options.version) {
    body["version"] = *options.version;
  } else {
    AISLE_TRY(body["document"], read_document(options));
    index = index_of(body["document"]);
  }
  if (options.expected) body["expected"] = *options.expected;
  if (options.gate.empty()) return body;
  AISLE_TRY(body["gate"]["judgments"], read_file(options.gate));
  if (options.min_ndcg) body["gate"]["min_ndcg"] = *options.min_ndcg;
  if (options.max_loss) body["gate"]["max_loss"] = *options.max_loss;
  return body;
}

int show_json_or(const RankOptions& options, const std::function<Result<Json>(const AdminClient&)>& exchange,
                 const std::function<void(const Json&)>& show) {
  return ask_service(options.place, exchange, [&](const Json& answer) {
    if (options.json) {
      fmt::print("{}\n", dump_json(answer));
    } else {
      show(answer);
    }
  });
}

}  // namespace

int rank_check(const std::filesystem::path& file, const std::filesystem::path& schema_file) {
  const auto config = RankingConfig::load(file.string());
  if (!config) return report(config.error());
  if (schema_file.empty()) {
    fmt::print("{}: well formed; name the catalogue with --schema to check its fields\n", file.string());
    return 0;
  }
  const auto schema = IndexSchema::load(schema_file);
  if (!schema) return report(schema.error());
  const auto context = IndexContext::create(*schema, {});
  if (!context) return report(context.error());
  const auto ranking = Ranking::compile(*config, *context, 0);
  if (!ranking) return report({ranking.error().code, file.string() + ": " + ranking.error().message});
  for (const std::string& warning : (*ranking)->warnings) fmt::print("warning: {}\n", warning);
  fmt::print("{}: fits index \"{}\", {} rules, {} signals\n", file.string(), (*schema)->index,
             (*ranking)->rules.size(), (*ranking)->signals.size());
  return 0;
}

int rank_diff(const RankOptions& options) {
  auto document = read_document(options.file);
  if (!document) return report(document.error());
  const std::string index = index_of(*document);
  bool differ = false;
  const auto exchange = [&](const AdminClient& client) -> Result<Json> {
    AISLE_TRY(const Json history, client.get(admin_path(index, "ranking")));
    const auto number = options.version.value_or(history.value("published", 0U));
    Json stored = {{"version", 0}, {"document", {{"index", index}}}};
    if (number > 0) {
      AISLE_TRY(stored, client.get(admin_path(index, fmt::format("ranking/{}", number))));
    }
    return Json{{"against", number}, {"differences", document_diff(stored["document"], *document)}};
  };
  const int code = show_json_or(options, exchange, [&](const Json& answer) {
    for (const Json& line : answer["differences"]) fmt::print("{}\n", line.get<std::string>());
    differ = !answer["differences"].empty();
    if (!differ) fmt::print("the same as version {}\n", answer["against"].get<std::uint32_t>());
  });
  return code != 0 ? code : differ ? 1 : 0;
}

int rank_draft(const RankOptions& options) {
  const auto document = read_document(options);
  if (!document) return report(document.error());
  Json body = note_of(options);
  body["document"] = *document;
  const auto exchange = [&](const AdminClient& client) {
    return client.post(admin_path(index_of(*document), "ranking/draft"), body);
  };
  return show_json_or(options, exchange, [](const Json& answer) {
    print_warnings(answer);
    const auto number = answer.value("version", 0U);
    fmt::print("stored as version {}, not published; try it with ranking={} on the admin listener's search\n",
               number, number);
  });
}

int rank_publish(const RankOptions& options) {
  std::string index = options.index;
  const auto body = publish_body(options, index);
  if (!body) return report(body.error());
  const auto exchange = [&](const AdminClient& client) {
    return client.post(admin_path(index, "ranking/publish"), *body);
  };
  return show_json_or(options, exchange, [&](const Json& answer) {
    print_warnings(answer);
    fmt::print("{}: ranking {} is published\n", index, answer.value("published", 0U));
  });
}

int rank_rollback(const RankOptions& options) {
  Json body = note_of(options);
  if (options.version) body["to"] = *options.version;
  const auto exchange = [&](const AdminClient& client) {
    return client.post(admin_path(options.index, "ranking/rollback"), body);
  };
  return show_json_or(options, exchange, [&](const Json& answer) {
    fmt::print("{}: ranking {} is published\n", options.index, answer.value("published", 0U));
  });
}

int rank_history(const RankOptions& options) {
  const auto exchange = [&](const AdminClient& client) {
    return client.get(admin_path(options.index, "ranking"));
  };
  return show_json_or(options, exchange, [](const Json& answer) {
    const auto published = answer.value("published", 0U);
    for (const Json& version : answer["versions"]) {
      const auto number = version.value("version", 0U);
      fmt::print("{:>4}{} {}  {}  {}\n", number, number == published ? " *" : "  ", text_of(version, "at"),
                 text_of(version, "who"), text_of(version, "comment"));
    }
    if (published == 0) fmt::print("none is published\n");
    for (const Json& change : answer["changes"]) {
      fmt::print("{}  {}  {}  {}\n", text_of(change, "at"), text_of(change, "who"), text_of(change, "what"),
                 text_of(change, "comment"));
    }
    if (!text_of(answer, "problem").empty()) fmt::print("problem: {}\n", text_of(answer, "problem"));
  });
}

int rank_show(const RankOptions& options) {
  const auto exchange = [&](const AdminClient& client) -> Result<Json> {
    std::uint32_t number = options.version.value_or(0);
    if (number == 0) {
      AISLE_TRY(const Json history, client.get(admin_path(options.index, "ranking")));
      number = history.value("published", 0U);
    }
    if (number == 0) return fail(ErrorCode::NotFound, "no ranking is published");
    return client.get(admin_path(options.index, fmt::format("ranking/{}", number)));
  };
  return show_json_or(options, exchange,
                      [](const Json& answer) { fmt::print("{}\n", answer["document"].dump(2)); });
}

}  // namespace aisle
