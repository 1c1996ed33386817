#include "server/service_config.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "schemas/json_reader.h"

namespace aisle {
namespace {

const std::array<std::string, 5> log_levels = {"debug", "info", "warn", "error", "off"};

// AISLE_LISTEN__PORT=9000 sets /listen/port.
void override_member(nlohmann::json& config, std::string name, const std::string& value) {
  name.erase(0, std::string_view("AISLE_").size());
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  nlohmann::json* at = &config;
  for (std::size_t begin = 0; begin != std::string::npos;) {
    const std::size_t end = name.find("__", begin);
    if (!at->is_object()) *at = nlohmann::json::object();
    at = &(*at)[name.substr(begin, end == std::string::npos ? end : end - begin)];
    begin = end == std::string::npos ? end : end + 2;
  }
  const nlohmann::json parsed = nlohmann::json::parse(value, nullptr, false);
  *at = parsed.is_discarded() || parsed.is_structured() ? nlohmann::json(value) : parsed;
}

IndexConfig read_index(const JsonReader& reader, const std::filesystem::path& folder) {
  reader.allow_only({"schema", "connection", "shards", "create_missing", "rollback_window_s"});
  IndexConfig index;
  index.schema = folder / reader.require_string("schema");
  index.connection = reader.string_or("connection", "");
  index.shards = static_cast<std::uint32_t>(reader.integer_or("shards", 0, 0, 256));
  index.create_missing = reader.bool_or("create_missing", true);
  index.rollback_window = std::chrono::seconds(
      reader.integer_or("rollback_window_s", index.rollback_window.count(), 0, 30 * 86'400));
  return index;
}

void read_limit(const JsonReader& reader, std::string_view name, std::size_t& limit, std::int64_t highest) {
  limit = static_cast<std::size_t>(reader.integer_or(name, static_cast<std::int64_t>(limit), 1, highest));
}

void read_limits(const JsonReader& reader, QueryLimits& limits) {
  reader.allow_only({"query_bytes_max", "words_max", "prefix_expansions_max", "typo_candidates_max",
                     "filter_bytes_max", "filter_clauses_max", "filter_depth_max", "filter_in_max",
                     "facets_max", "facet_values_max", "per_page_max", "window_max", "sort_keys_max",
                     "suggestions_max", "cores_max", "time_soft_ms", "time_hard_ms"});
  read_limit(reader, "query_bytes_max", limits.query_bytes_max, 4096);
  read_limit(reader, "words_max", limits.words_max, 16);
  read_limit(reader, "prefix_expansions_max", limits.prefix_expansions_max, 10'000);
  read_limit(reader, "typo_candidates_max", limits.typo_candidates_max, 10'000);
  read_limit(reader, "filter_bytes_max", limits.filter_bytes_max, 65'536);
  read_limit(reader, "filter_clauses_max", limits.filter_clauses_max, 200);
  read_limit(reader, "filter_depth_max", limits.filter_depth_max, 100);
  read_limit(reader, "filter_in_max", limits.filter_in_max, 10'000);
  read_limit(reader, "facets_max", limits.facets_max, 200);
  read_limit(reader, "facet_values_max", limits.facet_values_max, 10'000);
  read_limit(reader, "per_page_max", limits.per_page_max, 1'000);
  read_limit(reader, "window_max", limits.window_max, 100'000);
  read_limit(reader, "sort_keys_max", limits.sort_keys_max, 8);
  read_limit(reader, "suggestions_max", limits.suggestions_max, 100);
  read_limit(reader, "cores_max", limits.cores_max, 256);
  limits.time_soft =
      std::chrono::milliseconds(reader.integer_or("time_soft_ms", limits.time_soft.count(), 0, 60'000));
  limits.time_hard =
      std::chrono::milliseconds(reader.integer_or("time_hard_ms", limits.time_hard.count(), 10, 60'000));
}

void read_cache(const JsonReader& reader, std::size_t& bytes_max) {
  constexpr std::int64_t highest = std::int64_t{1} << 40U;
  reader.allow_only({"bytes_max"});
  bytes_max = static_cast<std::size_t>(
      reader.integer_or("bytes_max", static_cast<std::int64_t>(bytes_max), 0, highest));
}

}  // namespace

Result<ServiceConfig> ServiceConfig::parse(std::string_view text, const std::filesystem::path& folder,
                                           const std::map<std::string, std::string>& environment) {
  AISLE_TRY(nlohmann::json json, parse_json(text));
  if (json.is_object()) {
    for (const auto& [name, value] : environment) override_member(json, name, value);
  }
  JsonReader::ErrorSink sink;
  const JsonReader reader(json, "", sink);
  if (!reader.is_object()) return fail(ErrorCode::InvalidArgument, "the configuration is not a JSON object");
  reader.allow_only({"$schema", "data_dir", "listen", "admin", "web", "log", "indexes", "schema", "limits",
                     "cache", "cluster"});
  ServiceConfig config;
  config.data_dir = folder / reader.string_or("data_dir", config.data_dir.string());
  config.listen = read_listen(reader, "listen", config.listen);
  config.admin = read_listen(reader, "admin", config.admin);
  if (reader.has("web")) config.web = folder / reader.string_or("web", "");
  if (reader.has("log")) {
    const JsonReader log = reader.member("log");
    log.allow_only({"level"});
    config.log_level = log.choice_or("level", config.log_level, log_levels);
  }
  if (reader.has("limits")) read_limits(reader.member("limits"), config.limits);
  if (reader.has("cache")) read_cache(reader.member("cache"), config.cache_bytes_max);
  if (reader.has("cluster")) {
    const JsonReader cluster = reader.member("cluster");
    config.internal = read_listen(cluster, "listen", config.internal);
    if (cluster.has("nodes") && cluster.has("nats")) {
      cluster.member("nodes").fail("is for clusters without nats: with it the members find each other");
    } else if (cluster.has("nodes")) {
      config.cluster = read_cluster(cluster);
    } else {
      cluster.allow_only({"name", "self", "nats", "address", "replicas", "ack_replicas", "check_interval_s",
                          "drain_s", "listen", "shards", "min_coverage"});
      config.membership = read_membership(cluster);
    }
  }
  if (reader.has("schema")) {  // the short form: one index, all defaults
    config.indexes.push_back({.schema = folder / reader.require_string("schema"), .connection = ""});
  }
  if (reader.has("indexes")) {
    for (const JsonReader& index : reader.member("indexes").elements()) {
      config.indexes.push_back(read_index(index, folder));
    }
  }
  if (sink.error) return tl::unexpected<Error>(*sink.error);
  if (config.indexes.empty()) {
    return fail(ErrorCode::InvalidArgument, "/indexes is missing: name at least one catalogue schema");
  }
  return config;
}

Result<ServiceConfig> ServiceConfig::load(const std::filesystem::path& file) {
  AISLE_TRY(const std::string text, read_file(file, 1U << 20U));
  auto config = parse(text, file.parent_path(), aisle_environment());
  if (!config) return fail(config.error().code, file.string() + ": " + config.error().message);
  return config;
}

Result<ServiceConfig> ServiceConfig::of_schema(const std::filesystem::path& schema) {
  return parse(dump_json({{"schema", schema.string()}}), "", aisle_environment());
}

std::map<std::string, std::string> aisle_environment() {
  static const std::array<std::string_view, 5> not_settings = {"AISLE_DATA", "AISLE_FAULT", "AISLE_SEED",
                                                               "AISLE_TEST", "AISLE_USER"};
  std::map<std::string, std::string> found;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    const bool other = std::ranges::any_of(not_settings, [&](std::string_view prefix) {
      return name == prefix || (prefix == "AISLE_TEST" && name.starts_with(prefix));
    });
    if (!name.starts_with("AISLE_") || equals == std::string_view::npos || other) continue;
    found.emplace(name, text.substr(equals + 1));
  }
  return found;
}

}  // namespace aisle
