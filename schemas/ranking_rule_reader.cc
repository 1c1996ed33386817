#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "schemas/number_value.h"
#include "schemas/ranking_reader.h"

namespace aisle {
namespace {

constexpr std::size_t filter_bytes_max = 4096;  // QueryLimits::filter_bytes_max

bool is_rule_id(std::string_view id) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  if (id.empty() || id.size() > 64 || !letter(id.front())) return false;
  return std::ranges::all_of(
      id, [&](char c) { return letter(c) || std::string_view("_.:-").find(c) != std::string_view::npos; });
}

// An element's or a member's texts: one text or an array of them.
std::vector<std::string> read_one_or_more(const JsonReader& object, std::string_view name,
                                          std::size_t count_max, std::size_t bytes_max) {
  if (!object.ok() || !object.has(name)) return {};
  if (object.member(name).is_string()) return {object.require_string(name)};
  return read_texts(read_list(object, name, 1, count_max, "values"), bytes_max);
}

void read_patterns(const JsonReader& query, RuleCondition& when) {
  constexpr std::pair<std::string_view, PatternKind> kinds[] = {{"equals", PatternKind::Equals},
                                                                {"contains", PatternKind::Contains},
                                                                {"starts_with", PatternKind::StartsWith}};
  query.allow_only({"equals", "contains", "starts_with"});
  for (const auto& [name, kind] : kinds) {
    for (std::string& text :
         read_one_or_more(query, name, RankingLimits::patterns_max, RankingLimits::pattern_bytes_max)) {
      if (text.size() > RankingLimits::pattern_bytes_max)
        query.member(name).fail(
            fmt::format("is {} bytes, the limit is {}", text.size(), RankingLimits::pattern_bytes_max));
      if (text.empty() && kind != PatternKind::Equals) query.member(name).fail("is empty, expected words");
      when.query.push_back({kind, std::move(text)});
    }
  }
  if (query.ok() && when.query.empty()) query.fail("has no pattern");
}

std::optional<std::int64_t> read_instant(const JsonReader& object, std::string_view name) {
  if (!object.ok() || !object.has(name)) return std::nullopt;
  Field date;
  date.name = name;
  date.type = FieldType::Date;
  const JsonReader member = object.member(name);
  const auto value =
      member.is_string() ? number_value(date, member.value()) : fail(ErrorCode::InvalidArgument, "");
  if (value && member.value().get_ref<const std::string&>().size() >= 10) return *value;
  member.fail(fmt::format("is {}, expected a date such as \"2026-11-27\" or \"2026-11-27T18:00:00Z\"",
                          shown_value(member.value())));
  return std::nullopt;
}

RuleCondition read_condition(const JsonReader& reader) {
  RuleCondition when;
  reader.allow_only({"query", "filter", "context", "from", "until"});
  if (reader.ok() && reader.has("query")) read_patterns(reader.member("query"), when);
  if (reader.ok() && reader.has("filter")) {
    const JsonReader filter = reader.member("filter");
    for (const auto& [field, values] : filter.members())
      when.selected[field] = read_one_or_more(filter, field, RankingLimits::filter_values_max, 512);
    if (reader.ok() && when.selected.empty()) filter.fail("has no field");
  }
  when.context = read_one_or_more(reader, "context", RankingLimits::contexts_max, 64);
  when.from = read_instant(reader, "from");
  when.until = read_instant(reader, "until");
  if (reader.ok() && when.from && when.until && *when.from >= *when.until)
    reader.member("until").fail("is not later than from: the rule would never hold");
  return when;
}

std::vector<Pin> read_pins(const JsonReader& then) {
  std::vector<Pin> pins;
  std::set<std::string> ids;
  std::set<std::int64_t> positions;
  for (const JsonReader& element : read_list(then, "pin", 1, RankingLimits::pins_max, "pins")) {
    element.allow_only({"id", "position"});
    Pin pin;
    pin.id = read_text(element, "id", product_id_bytes_max, true);
    element.member("position");
    pin.position = element.integer_or("position", 1, 1, RankingLimits::pin_position_max);
    if (!element.ok()) return pins;
    if (!ids.insert(pin.id).second)
      element.member("id").fail(fmt::format("is \"{}\", which this rule pins already", pin.id));
    if (!positions.insert(pin.position).second)
      element.member("position").fail(fmt::format("is {}, which this rule fills already", pin.position));
    pins.push_back(std::move(pin));
  }
  std::ranges::sort(pins, {}, &Pin::position);
  return pins;
}

// The factor in thousandths: above 1 for boosts, below for buries.
int read_factor(const JsonReader& boost, bool up) {
  boost.member("factor");
  const double factor = boost.number_or("factor", 1, up ? 1 : 0, up ? 100 : 1);
  const auto thousandths = std::llround(factor * 1000);
  if (boost.ok() && thousandths == 1000) boost.member("factor").fail("is 1, which changes nothing");
  return static_cast<int>(thousandths);
}

std::vector<Boost> read_boosts(const JsonReader& then, std::string_view name) {
  std::vector<Boost> boosts;
  for (const JsonReader& element : read_list(then, name, 1, RankingLimits::boosts_max, "entries")) {
    element.allow_only({"ids", "filter", "factor"});
    Boost boost;
    boost.pointer = element.pointer();
    boost.ids =
        read_texts(read_list(element, "ids", 1, RankingLimits::boost_ids_max, "ids"), product_id_bytes_max);
    boost.filter = read_text(element, "filter", filter_bytes_max, false);
    if (element.ok() && boost.ids.empty() == boost.filter.empty())
      element.fail("needs either \"ids\" or \"filter\"");
    boost.thousandths = read_factor(element, name == "boost");
    boosts.push_back(std::move(boost));
  }
  return boosts;
}

// Only addresses a page may send a shopper to: a path of the shop, or http(s).
std::string read_redirect(const JsonReader& then) {
  std::string url = read_text(then, "redirect", RankingLimits::redirect_bytes_max, false);
  if (url.empty()) return url;
  const bool known = (url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\")) ||
                     url.starts_with("https://") || url.starts_with("http://");
  const bool clean =
      std::ranges::all_of(url, [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; });
  if (!known || !clean)
    then.member("redirect").fail("is no address: expected /path, https://... or http://..., without blanks");
  return url;
}

RuleEffect read_effect(const JsonReader& reader) {
  RuleEffect then;
  reader.allow_only(
      {"pin", "with_sort", "yield_out_of_stock", "hide", "boost", "bury", "filter", "redirect", "user_data"});
  then.pins = read_pins(reader);
  then.with_sort = reader.bool_or("with_sort", false);
  then.yield_out_of_stock = reader.bool_or("yield_out_of_stock", true);
  then.hide =
      read_texts(read_list(reader, "hide", 1, RankingLimits::hides_max, "products"), product_id_bytes_max);
  then.boosts = read_boosts(reader, "boost");
  std::ranges::move(read_boosts(reader, "bury"), std::back_inserter(then.boosts));
  if (reader.ok() && then.boosts.size() > RankingLimits::boosts_max)
    reader.fail(fmt::format("has {} boosts and buries, the limit is {}", then.boosts.size(),
                            RankingLimits::boosts_max));
  then.filter = read_text(reader, "filter", filter_bytes_max, false);
  then.redirect = read_redirect(reader);
  if (reader.ok() && reader.has("user_data")) {
    then.user_data = dump_json(reader.member("user_data").value());
    if (then.user_data.size() > RankingLimits::user_data_bytes_max)
      reader.member("user_data")
          .fail(fmt::format("is {} bytes, the limit is {}", then.user_data.size(),
                            RankingLimits::user_data_bytes_max));
  }
  for (const Pin& pin : then.pins) {
    if (std::ranges::find(then.hide, pin.id) != then.hide.end())
      reader.member("pin").fail(fmt::format(": \"{}\" is pinned and hidden by the same rule", pin.id));
  }
  const bool does = !then.pins.empty() || !then.hide.empty() || !then.boosts.empty() ||
                    !then.filter.empty() || !then.redirect.empty() || !then.user_data.empty();
  if (!does) reader.fail("does nothing");
  return then;
}

Rule read_rule(const JsonReader& reader) {
  Rule rule;
  reader.allow_only({"id", "comment", "priority", "enabled", "when", "then"});
  rule.id = reader.require_string("id");
  if (reader.ok() && !is_rule_id(rule.id)) {
    reader.member("id").fail(
        fmt::format("is \"{}\", expected a letter or digit, then letters, digits, _ . : or -, at most 64",
                    rule.id.substr(0, 80)));
  }
  read_text(reader, "comment", RankingLimits::comment_bytes_max, false);
  rule.priority = reader.integer_or("priority", 0, -1000, 1000);
  rule.enabled = reader.bool_or("enabled", true);
  rule.when = read_condition(reader.member("when"));
  rule.then = read_effect(reader.member("then"));
  return rule;
}

}  // namespace

std::vector<Rule> read_rules(const JsonReader& root) {
  std::vector<Rule> rules;
  std::set<std::string> ids;
  for (const JsonReader& element : read_list(root, "rules", 0, RankingLimits::rules_max, "rules")) {
    rules.push_back(read_rule(element));
    if (!root.ok()) break;
    if (!ids.insert(rules.back().id).second)
      element.member("id").fail(fmt::format("is \"{}\", which another rule has already", rules.back().id));
  }
  return rules;
}

}  // namespace aisle
