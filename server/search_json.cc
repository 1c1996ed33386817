// The answer to a search as JSON.
#include <fmt/format.h>

#include "base/utf8.h"
#include "server/search_wire.h"

namespace aisle {
namespace {

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

void append_words_unless_none(std::string& out, std::string_view name,
                              const std::vector<std::string>& words) {
  if (words.empty()) return;
  out += fmt::format(",\"{}\":", name);
  append_words(out, words);
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

void append_did_you_mean(std::string& out, const SearchResult& result) {
  if (result.did_you_mean) {
    out += ",\"did_you_mean\":{\"q\":";
    append_json_string(out, result.did_you_mean->q);
    out += fmt::format(",\"total\":{}}}", result.did_you_mean->total);
  }
  if (!result.code) return;
  out += ",\"code\":{\"value\":";
  append_json_string(out, result.code->value);
  out += fmt::format(",\"type\":\"{}\",\"status\":\"{}\"", result.code->type, result.code->status);
  append_words_unless_none(out, "did_you_mean", result.code->did_you_mean);
  out += '}';
}

}  // namespace

AnswerText search_text(const SearchResult& result, bool stale) {
  AnswerText text;
  text.head =
      fmt::format("{{\"total\":{},\"exact\":{},\"page\":{},\"per_page\":{},\"took_ms\":", result.total,
                  result.is_exact(), result.page, result.per_page);
  std::string& out = text.tail;
  out.reserve(4096);
  out += ",\"hits\":[";
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
  append_words_unless_none(out, "degraded", result.degraded);
  append_words_unless_none(out, "ignored_words", result.ignored_words);
  append_did_you_mean(out, result);
  if (result.truncated_query) out += ",\"truncated\":true";
  append_words_unless_none(out, "phrases", result.phrases);
  append_words_unless_none(out, "excluded", result.excluded);
  if (stale) out += ",\"stale\":true";
  append_rules(out, result);
  if (result.why) append_why(out, *result.why);
  return text;
}

std::string search_json(const SearchResult& result, const View& view, const AnswerContext& context) {
  return answer_json(search_text(result, false), view, result.lsn, result.coverage, context);
}

}  // namespace aisle
