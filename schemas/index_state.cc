#include "schemas/index_state.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

nlohmann::json generation_json(const GenerationRef& generation) {
  return {{"number", generation.number},
          {"shards", generation.shards},
          {"schema_hash", generation.schema_hash},
          {"analyzer_version", generation.analyzer_version}};
}

nlohmann::json generation_json(const std::optional<GenerationRef>& generation) {
  return generation ? generation_json(*generation) : nlohmann::json(nullptr);
}

GenerationRef read_generation(const JsonReader& reader) {
  constexpr std::int64_t number_max = std::numeric_limits<std::uint32_t>::max();
  reader.allow_only({"number", "shards", "schema_hash", "analyzer_version"});
  return {static_cast<std::uint32_t>(reader.integer_or("number", 0, 0, number_max)),
          static_cast<std::uint32_t>(reader.integer_or("shards", 1, 1, number_max)),
          reader.require_string("schema_hash"),
          static_cast<int>(reader.integer_or("analyzer_version", 0, 0, 1'000'000))};
}

std::optional<GenerationRef> read_optional_generation(const JsonReader& reader, std::string_view name) {
  if (!reader.has(name) || reader.member(name).value().is_null()) return std::nullopt;
  return read_generation(reader.member(name));
}

StateChange read_change(const JsonReader& reader) {
  reader.allow_only({"at", "who", "what", "comment"});
  return {reader.require_string("at"), reader.require_string("who"), reader.require_string("what"),
          reader.string_or("comment", "")};
}

}  // namespace

bool names_generation(const IndexState& state, std::uint32_t number) {
  const auto is = [&](const std::optional<GenerationRef>& named) { return named && named->number == number; };
  return state.active.number == number || is(state.previous) || is(state.building);
}

std::string encode_state(const IndexState& state) {
  nlohmann::json changes = nlohmann::json::array();
  for (const StateChange& change : state.changes) {
    changes.push_back(
        {{"at", change.at}, {"who", change.who}, {"what", change.what}, {"comment", change.comment}});
  }
  return dump_json({{"version", state.version},
                    {"change_id", state.change_id},
                    {"active", generation_json(state.active)},
                    {"previous", generation_json(state.previous)},
                    {"building", generation_json(state.building)},
                    {"last_generation", state.last_generation},
                    {"switched_at", state.switched_at},
                    {"ranking", state.ranking},
                    {"previous_ranking", state.previous_ranking},
                    {"min_coverage", state.min_coverage},
                    {"changes", std::move(changes)}});
}

Result<IndexState> decode_state(std::string_view text) {
  const auto damaged = [](const std::string& why) { return fail(ErrorCode::DataLoss, "state: " + why); };
  const auto json = parse_json(text);
  if (!json) return damaged(json.error().message);
  JsonReader::ErrorSink sink;
  const JsonReader reader(*json, "", sink);
  if (!reader.is_object()) return damaged("not a JSON object");
  reader.allow_only({"version", "change_id", "active", "previous", "building", "last_generation",
                     "switched_at", "ranking", "previous_ranking", "min_coverage", "changes"});
  IndexState state;
  state.version = static_cast<std::uint64_t>(
      reader.integer_or("version", 0, 0, std::numeric_limits<std::int64_t>::max()));
  state.change_id = reader.require_string("change_id");
  state.active = read_generation(reader.member("active"));
  state.previous = read_optional_generation(reader, "previous");
  state.building = read_optional_generation(reader, "building");
  state.last_generation = static_cast<std::uint32_t>(
      reader.integer_or("last_generation", 0, 0, std::numeric_limits<std::uint32_t>::max()));
  state.switched_at = reader.string_or("switched_at", "");
  state.ranking = static_cast<std::uint32_t>(
      reader.integer_or("ranking", 0, 0, std::numeric_limits<std::uint32_t>::max()));
  state.previous_ranking = static_cast<std::uint32_t>(
      reader.integer_or("previous_ranking", 0, 0, std::numeric_limits<std::uint32_t>::max()));
  state.min_coverage = reader.number_or("min_coverage", 1.0, 0.0, 1.0);
  if (reader.has("changes")) {
    for (const JsonReader& change : reader.member("changes").elements()) {
      state.changes.push_back(read_change(change));
    }
  }
  if (sink.error) return damaged(sink.error->message);
  return state;
}

}  // namespace aisle
