#include "schemas/ranking.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "schemas/json_reader.h"
#include "schemas/name_rules.h"
#include "schemas/ranking_reader.h"

namespace aisle {

std::string_view signal_kind_name(SignalKind kind) {
  switch (kind) {
    case SignalKind::Log:
      return "log";
    case SignalKind::Linear:
      return "linear";
    case SignalKind::Decay:
      return "decay";
    case SignalKind::Bucket:
      return "bucket";
    case SignalKind::Boolean:
      return "boolean";
  }
  return "linear";
}

std::optional<std::int64_t> duration_seconds(std::string_view text) {
  constexpr std::int64_t hour = 3600;
  constexpr std::int64_t day = 24 * hour;
  if (text.size() < 2 || text.front() < '0' || text.front() > '9') return std::nullopt;
  const std::int64_t unit = text.back() == 'd' ? day : text.back() == 'h' ? hour : 0;
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [stopped, error] = std::from_chars(text.data(), end, count);
  if (unit == 0 || error != std::errc() || stopped != end || count < 1 || count > 10'000 * day / unit)
    return std::nullopt;
  return count * unit;
}

std::string read_text(const JsonReader& object, std::string_view name, std::size_t bytes_max, bool required) {
  if (!object.ok() || (!required && !object.has(name))) return "";
  std::string text = object.require_string(name);
  if (object.ok() && (text.empty() || text.size() > bytes_max))
    object.member(name).fail(fmt::format("is {} bytes, expected 1 to {}", text.size(), bytes_max));
  return text;
}

std::vector<JsonReader> read_list(const JsonReader& object, std::string_view name, std::size_t low,
                                  std::size_t high, std::string_view what) {
  if (!object.ok() || !object.has(name)) return {};
  const JsonReader list = object.member(name);
  if (!list.is_array()) {
    list.fail(fmt::format("is not an array of {}", what));
    return {};
  }
  const std::size_t size = list.value().size();
  if (size > high) list.fail(fmt::format("has {} {}, the limit is {}", size, what, high));
  if (size < low) list.fail(fmt::format("has {} {}, the least is {}", size, what, low));
  return list.elements();
}

std::vector<std::string> read_texts(const std::vector<JsonReader>& elements, std::size_t bytes_max) {
  std::vector<std::string> texts;
  std::set<std::string> seen;
  for (const JsonReader& element : elements) {
    if (!element.is_string()) {
      element.fail("is not a string");
      return {};
    }
    std::string text = element.value().get<std::string>();
    if (text.empty() || text.size() > bytes_max) {
      element.fail(fmt::format("is {} bytes, expected 1 to {}", text.size(), bytes_max));
    } else if (!seen.insert(text).second) {
      element.fail(fmt::format(": \"{}\" is there twice", text));
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

Result<std::shared_ptr<const RankingConfig>> RankingConfig::parse(std::string_view text) {
  AISLE_TRY(const nlohmann::json document,
            parse_json(text, JsonLimits{.bytes_max = RankingLimits::document_bytes_max}));
  JsonReader::ErrorSink sink;
  const JsonReader root(document, "", sink);
  root.allow_only({"$schema", "index", "stock", "profile", "rules", "synonyms", "queries"});
  root.string_or("$schema", "");  // for editors
  auto config = std::make_shared<RankingConfig>();
  config->index = root.require_string("index");
  if (root.ok() && !is_index_name(config->index))
    root.member("index").fail(
        fmt::format("is \"{}\", which is no name of an index", config->index.substr(0, 80)));
  config->stock = read_text(root, "stock", 64, false);
  if (root.ok() && root.has("profile")) config->profile = read_profile(root.member("profile"));
  if (root.ok() && root.has("rules")) config->rules = read_rules(root);
  if (root.ok() && root.has("synonyms")) config->synonyms = read_synonyms(root);
  if (root.ok() && root.has("queries")) config->queries = read_queries(root);
  if (sink.error) return tl::unexpected<Error>(std::move(*sink.error));
  return config;
}

Result<std::shared_ptr<const RankingConfig>> RankingConfig::load(const std::string& file) {
  const auto named = [&](const Error& error) { return aisle::fail(error.code, file + ": " + error.message); };
  const auto text = read_file(file, RankingLimits::document_bytes_max);
  if (!text) return named(text.error());
  auto config = parse(*text);
  if (!config) return named(config.error());
  return config;
}

}  // namespace aisle
