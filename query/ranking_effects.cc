#include "query/ranking_effects.h"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

using nlohmann::json;

constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
constexpr std::array kinds = {SignalKind::Log, SignalKind::Linear, SignalKind::Decay, SignalKind::Bucket,
                              SignalKind::Boolean};

json signal_json(const Signal& signal) {
  json buckets = json::array();
  for (const Signal::Bucket& bucket : signal.buckets)
    buckets.push_back({{"from", bucket.from}, {"value", bucket.value}});
  return {{"field", signal.field},         {"kind", signal_kind_name(signal.kind)},
          {"weight", signal.weight},       {"missing", signal.missing},
          {"from", signal.from},           {"to", signal.to},
          {"origin", signal.origin},       {"from_clock", signal.from_clock},
          {"half_life", signal.half_life}, {"buckets", buckets}};
}

Signal read_signal(const JsonReader& reader) {
  static const std::vector<std::string> names = {"log", "linear", "decay", "bucket", "boolean"};
  Signal signal;
  const std::string kind = reader.require_choice("kind", names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == kind) signal.kind = kinds[i];
  }
  signal.field = static_cast<std::uint16_t>(reader.integer_or("field", 0, 0, IndexSchema::fields_max - 1));
  reader.member("weight");
  signal.weight = static_cast<int>(reader.integer_or("weight", 0, 1, 1000));
  signal.missing = reader.integer_or("missing", 0, 0, signal_one);
  signal.from = reader.integer_or("from", 0, lowest, highest);
  signal.to = reader.integer_or("to", 0, lowest, highest);
  signal.origin = reader.integer_or("origin", 0, lowest, highest);
  signal.from_clock = reader.bool_or("from_clock", false);
  signal.half_life = reader.integer_or("half_life", 1, 1, highest);
  for (const JsonReader& bucket : reader.member("buckets").elements())
    signal.buckets.push_back(
        {bucket.integer_or("from", 0, lowest, highest), bucket.integer_or("value", 0, 0, signal_one)});
  return signal;
}

std::vector<JsonReader> list(const JsonReader& reader, std::string_view name) {
  return reader.has(name) ? reader.member(name).elements() : std::vector<JsonReader>();
}

void read_rules(const JsonReader& root, RankingEffects& effects) {
  for (const JsonReader& boost : list(root, "boosts")) {
    effects.boosts.push_back({boost.string_or("rule", ""), boost.strings_or_empty("ids"),
                              boost.string_or("filter", ""),
                              static_cast<int>(boost.integer_or("thousandths", 1000, 0, 100'000))});
  }
  for (const JsonReader& filter : list(root, "filters"))
    effects.filters.push_back({filter.string_or("rule", ""), filter.string_or("text", "")});
  for (const JsonReader& pin : list(root, "pins")) {
    effects.pins.push_back({pin.integer_or("position", 1, 1, RankingLimits::pin_position_max),
                            pin.string_or("id", ""), pin.string_or("rule", ""), pin.bool_or("yields", true)});
  }
}

}  // namespace

std::string encode_effects(const RankingEffects& effects) {
  json root = {{"weights", effects.weights},
               {"head_percent", effects.head_percent},
               {"accessory_percent", effects.accessory_percent},
               {"named_percent", effects.named_percent},
               {"hidden", effects.hidden},
               {"stock", effects.stock},
               {"clock", effects.clock}};
  for (const Signal& signal : effects.signals) root["signals"].push_back(signal_json(signal));
  for (const RuleBoost& boost : effects.boosts) {
    root["boosts"].push_back({{"rule", boost.rule},
                              {"ids", boost.ids},
                              {"filter", boost.filter},
                              {"thousandths", boost.thousandths}});
  }
  for (const RuleFilter& filter : effects.filters)
    root["filters"].push_back({{"rule", filter.rule}, {"text", filter.text}});
  for (const PinWish& pin : effects.pins) {
    root["pins"].push_back(
        {{"position", pin.position}, {"id", pin.id}, {"rule", pin.rule}, {"yields", pin.yields}});
  }
  return dump_json(root);
}

Result<RankingEffects> decode_effects(std::string_view text) {
  AISLE_TRY(const json document, parse_json(text, {.bytes_max = 4U << 20U}));
  JsonReader::ErrorSink sink;
  const JsonReader root(document, "", sink);
  root.allow_only({"weights", "head_percent", "accessory_percent", "named_percent", "hidden", "stock",
                   "clock", "signals", "boosts", "filters", "pins"});
  RankingEffects effects;
  for (const JsonReader& weight : list(root, "weights")) {
    if (!weight.value().is_number_integer()) weight.fail("is not an integer");
    if (weight.ok()) effects.weights.push_back(weight.value().get<int>());
  }
  effects.head_percent =
      static_cast<int>(root.integer_or("head_percent", RankingProfile::head_usual, 0, 100));
  effects.accessory_percent =
      static_cast<int>(root.integer_or("accessory_percent", RankingProfile::accessory_usual, 0, 100));
  effects.named_percent =
      static_cast<int>(root.integer_or("named_percent", RankingProfile::named_usual, 0, 100));
  effects.hidden = root.strings_or_empty("hidden");
  effects.stock = root.string_or("stock", "");
  effects.clock = root.integer_or("clock", 0, lowest, highest);
  const std::vector<JsonReader> signals = list(root, "signals");
  if (signals.size() > RankingLimits::signals_max) root.member("signals").fail("has too many");
  for (const JsonReader& signal : signals) effects.signals.push_back(read_signal(signal));
  read_rules(root, effects);
  if (sink.error) return tl::unexpected<Error>(*sink.error);
  return effects;
}

}  // namespace aisle
