#include "server/search_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <nlohmann/json.hpp>

#include "base/nearest_name.h"
#include "base/utf8.h"
#include "schemas/json_reader.h"
#include "schemas/number_value.h"
#include "schemas/op.h"
#include "server/http/url.h"

namespace aisle {
namespace {

constexpr std::size_t context_tags_max = 16;

enum class ParameterType : std::uint8_t { Text, List, Number, Share, Switch };

struct Parameter {
  std::string_view name;
  ParameterType type;
};

constexpr std::array<Parameter, 20> parameters = {{{"q", ParameterType::Text},
                                                   {"filter", ParameterType::Text},
                                                   {"facets", ParameterType::List},
                                                   {"sort", ParameterType::List},
                                                   {"page", ParameterType::Number},
                                                   {"per_page", ParameterType::Number},
                                                   {"facet_values", ParameterType::Number},
                                                   {"min_coverage", ParameterType::Share},
                                                   {"explain", ParameterType::Switch},
                                                   {"typos", ParameterType::Switch},
                                                   {"prefix", ParameterType::Switch},
                                                   {"highlight", ParameterType::Switch},
                                                   {"context", ParameterType::List},
                                                   {"clock", ParameterType::Text},
                                                   {"ranking", ParameterType::Number},
                                                   {"why", ParameterType::Text},
                                                   {"min_lsn", ParameterType::Text},
                                                   {"timeline", ParameterType::Number},
                                                   {"wait_ms", ParameterType::Number},
                                                   {"on_stale", ParameterType::Text}}};

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

// A parameter's text as the JSON value its type asks for.
Result<nlohmann::json> typed(const Parameter& parameter, const std::string& text) {
  const auto refuse = [&](std::string_view expected) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("{} is \"{}\", expected {}", parameter.name, cut_utf8(text, 64), expected));
  };
  switch (parameter.type) {
    case ParameterType::Text:
      return nlohmann::json(text);
    case ParameterType::List:
      return nlohmann::json(split_list(text));
    case ParameterType::Number: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return refuse("a whole number");
      return nlohmann::json(number);
    }
    case ParameterType::Share: {
      double share = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
      if (error != std::errc() || end != text.data() + text.size()) return refuse("a number from 0 to 1");
      return nlohmann::json(share);
    }
    case ParameterType::Switch:
      break;
  }
  if (text == "true" || text == "1" || text.empty()) return nlohmann::json(true);
  if (text == "false" || text == "0") return nlohmann::json(false);
  return refuse("true or false");
}

std::vector<std::string> list_of(const JsonReader& reader, std::string_view name) {
  if (reader.has(name) && reader.member(name).is_string()) return split_list(reader.string_or(name, ""));
  return reader.strings_or_empty(name);
}

// A moment as the ranking's rules write it.
std::optional<std::int64_t> read_clock(const JsonReader& reader) {
  if (!reader.has("clock")) return std::nullopt;
  Field date;
  date.name = "clock";
  date.type = FieldType::Date;
  const auto value = number_value(date, nlohmann::json(reader.string_or("clock", "")));
  if (value && *value != missing_number) return *value;
  reader.member("clock").fail("is no date such as \"2026-11-27\" or \"2026-11-27T18:00:00Z\"");
  return std::nullopt;
}

void read_ranking_parameters(const JsonReader& reader, SearchRequest& request) {
  request.context = list_of(reader, "context");
  if (request.context.size() > context_tags_max)
    reader.member("context").fail(fmt::format("has {} tags, the limit is {}", request.context.size(), context_tags_max));
  request.clock = read_clock(reader);
  if (reader.has("ranking"))
    request.ranking = static_cast<std::uint32_t>(reader.integer_or("ranking", 0, 0, 0xFFFFFFFF));
  request.why = reader.string_or("why", "");
}

Result<SearchRequest> read_request(const nlohmann::json& json) {
  JsonReader::ErrorSink sink;
  const JsonReader reader(json, "", sink);
  if (!reader.is_object()) return fail(ErrorCode::InvalidArgument, "the body is not a JSON object");
  reader.allow_only({"q", "filter", "facets", "sort", "page", "per_page", "facet_values", "min_coverage", "explain", "typos",
                     "prefix", "highlight", "context", "clock", "ranking", "why", "min_lsn", "timeline", "wait_ms",
                     "on_stale"});
  constexpr std::int64_t low = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t high = std::numeric_limits<std::int64_t>::max();
  SearchRequest request;
  request.q = reader.string_or("q", "");
  request.filter = reader.string_or("filter", "");
  request.facets = list_of(reader, "facets");
  request.sort = list_of(reader, "sort");
  request.page = reader.integer_or("page", request.page, low, high);  // search() knows the limits
  request.per_page = reader.integer_or("per_page", request.per_page, low, high);
  request.facet_values = reader.integer_or("facet_values", request.facet_values, low, high);
  if (reader.has("min_coverage")) request.min_coverage = reader.number_or("min_coverage", 1, 0, 1);
  request.explain = reader.bool_or("explain", false);
  request.typos = reader.bool_or("typos", true);
  request.prefix = reader.bool_or("prefix", true);
  request.highlight = reader.bool_or("highlight", true);
  read_ranking_parameters(reader, request);
  request.min_lsn = reader.string_or("min_lsn", "");
  request.timeline = reader.integer_or("timeline", request.timeline, low, high);
  request.wait_ms = reader.integer_or("wait_ms", request.wait_ms, low, high);
  request.on_stale = reader.string_or("on_stale", request.on_stale);
  if (sink.error) return tl::unexpected<Error>(*sink.error);
  return request;
}

void append_facet_values(std::string& out, const std::vector<FacetValue>& values, bool hierarchical) {
  out += '[';
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    out += "{\"value\":";
    append_json_string(out, values[i].value);
    out += fmt::format(",\"count\":{},\"selected\":{}", values[i].count, values[i].selected);
    if (hierarchical) {
      out += ",\"children\":";
      append_facet_values(out, values[i].children, true);
    }
    out += '}';
  }
  out += ']';
}

void append_facet(std::string& out, const FacetResult& facet) {
  append_json_string(out, facet.field);
  out += ":{";
  if (facet.numeric) {
    out += fmt::format("\"count\":{},\"min\":{},\"max\":{}", facet.count, facet.min, facet.max);
    if (!facet.avg.empty()) out += ",\"avg\":" + facet.avg + ",\"sum\":" + facet.sum;
  } else {
    out += "\"values\":";
    append_facet_values(out, facet.values, facet.hierarchical);
    out += fmt::format(",\"count\":{},\"truncated\":{}", facet.count, facet.truncated);
  }
  if (facet.error_max == 0) {
    out += ",\"exact\":true}";
  } else {
    out += fmt::format(",\"exact\":false,\"error_max\":{}}}", facet.error_max);
  }
}

void append_explain(std::string& out, const std::vector<ScorePart>& parts) {
  out += ",\"explain\":[";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += ',';
    out += "{\"kind\":";
    append_json_string(out, parts[i].kind);
    if (parts[i].kind == "signal") {
      out += ",\"shape\":";
      append_json_string(out, parts[i].term);
    } else if (!parts[i].term.empty()) {
      out += ",\"word\":";
      append_json_string(out, parts[i].word);
      out += ",\"term\":";
      append_json_string(out, parts[i].term);
      out += ",\"field\":";
      append_json_string(out, parts[i].field);
    }
    if (parts[i].kind == "signal") {
      out += ",\"field\":";
      append_json_string(out, parts[i].field);
    }
    if (!parts[i].rule.empty()) {
      out += ",\"rule\":";
      append_json_string(out, parts[i].rule);
    }
    out += fmt::format(",\"points\":{}}}", parts[i].points);
  }
  out += ']';
}

void append_words(std::string& out, const std::vector<std::string>& words) {
  out += '[';
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, words[i]);
  }
  out += ']';
}

void append_hit(std::string& out, const Hit& hit) {
  out += "{\"id\":";
  append_json_string(out, hit.id);
  out += fmt::format(",\"score\":{},\"typos\":{},\"product\":", hit.score, hit.typos);
  out += hit.product;
  out += ",\"highlight\":{";
  for (std::size_t i = 0; i < hit.highlight.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, hit.highlight[i].first);
    out += ':';
    append_json_string(out, hit.highlight[i].second);
  }
  out += '}';
  if (hit.pinned) out += ",\"pinned\":true";
  if (!hit.missing.empty()) {
    out += ",\"missing\":";
    append_words(out, hit.missing);
  }
  if (!hit.explain.empty()) append_explain(out, hit.explain);
  out += '}';
}

void append_why(std::string& out, const WhyAnswer& why) {
  const auto add = [&](std::string_view name, const std::string& text) {
    if (text.empty()) return;
    out += fmt::format(",\"{}\":", name);
    append_json_string(out, text);
  };
  out += ",\"why\":{\"id\":";
  append_json_string(out, why.id);
  add("stage", why.stage);
  add("sentence", why.sentence);
  add("word", why.word);
  add("closest_term", why.closest_term);
  if (!why.closest_term.empty()) out += fmt::format(",\"closest_typos\":{}", why.closest_typos);
  add("clause", why.clause);
  add("rule", why.rule);
  if (why.rank > 0) out += fmt::format(",\"rank\":{},\"score\":{}", why.rank, why.score);
  out += '}';
}

// What the ranking's rules did and hand through; nothing when none held.
void append_rules(std::string& out, const SearchResult& result) {
  if (result.rules.empty()) return;
  out += ",\"rules\":";
  append_words(out, result.rules);
  if (result.rules_left_out > 0) out += fmt::format(",\"rules_left_out\":{}", result.rules_left_out);
  if (!result.redirect.empty()) {
    out += ",\"redirect\":";
    append_json_string(out, result.redirect);
  }
  for (std::size_t i = 0; i < result.user_data.size(); ++i) {
    out += i == 0 ? ",\"user_data\":[{\"rule\":" : ",{\"rule\":";
    append_json_string(out, result.user_data[i].rule);
    out += ",\"data\":" + result.user_data[i].json + "}";
  }
  if (!result.user_data.empty()) out += ']';
  for (std::size_t i = 0; i < result.dropped_pins.size(); ++i) {
    const DroppedPin& pin = result.dropped_pins[i];
    out += i == 0 ? ",\"dropped_pins\":[{\"id\":" : ",{\"id\":";
    append_json_string(out, pin.id);
    out += fmt::format(",\"position\":{},\"rule\":", pin.position);
    append_json_string(out, pin.rule);
    out += ",\"reason\":";
    append_json_string(out, pin.reason);
    out += '}';
  }
  if (!result.dropped_pins.empty()) out += ']';
}

// Of this node's copy of each shard, in their order.
std::string seqs_text(const View& view) {
  std::string out;
  for (const auto& shard : view.shards) fmt::format_to(std::back_inserter(out), "{}{}", out.empty() ? "" : ",", shard->seq);
  return out;
}

}  // namespace

Result<SearchRequest> parse_search_query(std::string_view query_string) {
  AISLE_TRY(const QueryPairs pairs, parse_query(query_string));
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [name, value] : pairs) {
    const auto known = std::ranges::find(parameters, name, &Parameter::name);
    if (known == parameters.end()) {
      std::vector<std::string> names;
      for (const Parameter& parameter : parameters) names.emplace_back(parameter.name);
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("unknown parameter \"{}\"{}, expected one of {}", cut_utf8(name, 64),
                              did_you_mean(name, names), fmt::join(names, ", ")));
    }
    if (json.contains(name)) return fail(ErrorCode::InvalidArgument, name + " is given twice");
    if (!is_valid_utf8(value)) return fail(ErrorCode::InvalidArgument, name + " is not valid UTF-8");
    AISLE_TRY(json[name], typed(*known, value));
  }
  return read_request(json);
}

Result<SearchRequest> parse_search_body(std::string_view body) {
  if (body.empty()) return fail(ErrorCode::InvalidArgument, "the body is empty, expected a JSON object");
  AISLE_TRY(const nlohmann::json json, parse_json(body));
  return read_request(json);
}

std::string coverage_text(double coverage) {
  return coverage >= 1 ? "1.0" : fmt::format("{:.4f}", std::floor(coverage * 10'000) / 10'000);
}

std::string search_json(const SearchResult& result, const View& view, const AnswerContext& context) {
  std::string out;
  out.reserve(4096);
  out +=
      fmt::format("{{\"total\":{},\"exact\":true,\"page\":{},\"per_page\":{},\"took_ms\":{:.3f},\"hits\":[",
                  result.total, result.page, result.per_page, context.took_ms);
  for (std::size_t i = 0; i < result.hits.size(); ++i) {
    if (i > 0) out += ',';
    append_hit(out, result.hits[i]);
  }
  out += "],\"facets\":{";
  for (std::size_t i = 0; i < result.facets.size(); ++i) {
    if (i > 0) out += ',';
    append_facet(out, result.facets[i]);
  }
  out += fmt::format("}},\"typos\":{},\"relaxed\":", result.typos);
  if (result.dropped_words.empty()) {
    out += "null";
  } else {
    out += "{\"dropped\":";
    append_words(out, result.dropped_words);
    out += '}';
  }
  if (!result.ignored_words.empty()) {
    out += ",\"ignored_words\":";
    append_words(out, result.ignored_words);
  }
  if (result.truncated_query) out += ",\"truncated\":true";
  if (context.stale) out += ",\"stale\":true";
  append_rules(out, result);
  if (result.why) append_why(out, *result.why);
  out += fmt::format(
      ",\"view\":{{\"generation\":{},\"ranking\":{},\"state_version\":{},\"as_of_lsn\":\"{}\",\"seq\":[{}],"
      "\"lag_ms\":{:.0f}{}}},"
      "\"coverage\":{}}}",
      view.generation, view.ranking ? view.ranking->number : 0, view.state_version, format_lsn(result.lsn),
      seqs_text(view), context.lag_ms, context.control_plane_stale ? ",\"control_plane\":\"stale\"" : "",
      coverage_text(result.coverage));
  return out;
}

}  // namespace aisle
