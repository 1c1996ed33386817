#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "schemas/ranking_reader.h"

namespace aisle {
namespace {

constexpr std::size_t field_name_bytes_max = 64;

// A number, or a text for dates; as JSON text. "" when it is not given.
std::string read_value(const JsonReader& object, std::string_view name, bool required) {
  if (!object.ok() || (!required && !object.has(name))) return "";
  const JsonReader member = object.member(name);
  if (!object.ok()) return "";
  if (!member.value().is_number() && !member.is_string()) {
    member.fail("is neither a number nor a date");
    return "";
  }
  std::string text = dump_json(member.value());
  if (text.size() > 64) member.fail(fmt::format("is {} bytes, the limit is 64", text.size()));
  return text;
}

std::vector<SignalConfig::Bucket> read_buckets(const JsonReader& signal) {
  signal.member("buckets");
  std::vector<SignalConfig::Bucket> buckets;
  for (const JsonReader& element : read_list(signal, "buckets", 1, RankingLimits::buckets_max, "buckets")) {
    element.allow_only({"from", "value"});
    SignalConfig::Bucket& bucket = buckets.emplace_back();
    bucket.from = read_value(element, "from", true);
    element.member("value");
    bucket.value = element.number_or("value", 0, 0, 1);
  }
  return buckets;
}

void read_shape(const JsonReader& reader, SignalConfig& signal) {
  switch (signal.kind) {
    case SignalKind::Log:
      reader.allow_only({"field", "kind", "weight", "missing", "to"});
      signal.to = read_value(reader, "to", true);
      return;
    case SignalKind::Linear:
      reader.allow_only({"field", "kind", "weight", "missing", "from", "to"});
      signal.from = read_value(reader, "from", true);
      signal.to = read_value(reader, "to", true);
      return;
    case SignalKind::Decay:
      reader.allow_only({"field", "kind", "weight", "missing", "origin", "half_life"});
      signal.origin = read_value(reader, "origin", true);
      signal.half_life = read_value(reader, "half_life", true);
      return;
    case SignalKind::Bucket:
      reader.allow_only({"field", "kind", "weight", "missing", "buckets"});
      signal.buckets = read_buckets(reader);
      return;
    case SignalKind::Boolean:
      reader.allow_only({"field", "kind", "weight", "missing"});
      return;
  }
}

SignalConfig read_signal(const JsonReader& reader) {
  static const std::vector<std::string> kinds = {"log", "linear", "decay", "bucket", "boolean"};
  static constexpr std::array values = {SignalKind::Log, SignalKind::Linear, SignalKind::Decay,
                                        SignalKind::Bucket, SignalKind::Boolean};
  SignalConfig signal;
  signal.field = read_text(reader, "field", field_name_bytes_max, true);
  const std::string kind = reader.require_choice("kind", kinds);
  if (!reader.ok()) return signal;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == kind) signal.kind = values[i];
  }
  reader.member("weight");
  signal.weight = static_cast<int>(reader.integer_or("weight", 0, 1, 1000));
  signal.missing = reader.number_or("missing", 0, 0, 1);
  if (reader.ok()) read_shape(reader, signal);
  return signal;
}

TypoPolicy read_typos(const JsonReader& reader) {
  TypoPolicy typos;
  reader.allow_only({"most", "one_from", "two_from", "threshold", "fields_off"});
  typos.most = static_cast<int>(reader.integer_or("most", typos.most, 0, 2));
  typos.one_from = static_cast<int>(reader.integer_or("one_from", typos.one_from, 3, 48));
  typos.two_from =
      static_cast<int>(reader.integer_or("two_from", std::max(typos.two_from, typos.one_from), 5, 48));
  typos.threshold = static_cast<int>(reader.integer_or("threshold", typos.threshold, 1, 1000));
  typos.fields_off = read_texts(read_list(reader, "fields_off", 0, 200, "fields"), field_name_bytes_max);
  if (reader.ok() && typos.two_from < typos.one_from) {
    reader.member("two_from")
        .fail(fmt::format("is {}, below one_from, which is {}", typos.two_from, typos.one_from));
  }
  return typos;
}

}  // namespace

RankingProfile read_profile(const JsonReader& reader) {
  static const std::vector<std::string> relaxations = {"frequency", "last", "none"};
  RankingProfile profile;
  reader.allow_only({"weights", "typos", "relaxation", "relaxation_below", "relaxation_share", "head",
                     "accessory", "named", "signals"});
  if (reader.ok() && reader.has("weights")) {
    const JsonReader weights = reader.member("weights");
    for (const auto& [name, weight] : weights.members())
      profile.weights[name] = static_cast<int>(weights.integer_or(name, 1, 1, 100));
  }
  if (reader.ok() && reader.has("typos")) profile.typos = read_typos(reader.member("typos"));
  const std::string relaxation = reader.choice_or("relaxation", "frequency", relaxations);
  profile.relaxation.words = relaxation == "none"   ? Relaxation::None
                             : relaxation == "last" ? Relaxation::Last
                                                    : Relaxation::Frequency;
  RelaxationPolicy& relax = profile.relaxation;
  relax.below = static_cast<int>(reader.integer_or("relaxation_below", relax.below, 0, 1000));
  relax.share = static_cast<int>(reader.integer_or("relaxation_share", relax.share, 10, 99));
  profile.head = static_cast<int>(reader.integer_or("head", profile.head, 0, 100));
  profile.accessory = static_cast<int>(reader.integer_or("accessory", profile.accessory, 0, 100));
  profile.named = static_cast<int>(reader.integer_or("named", profile.named, 0, 100));
  for (const JsonReader& signal : read_list(reader, "signals", 0, RankingLimits::signals_max, "signals"))
    profile.signals.push_back(read_signal(signal));
  return profile;
}

}  // namespace aisle
