#include "server/reindex/reindex_manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"
#include "schemas/json_reader.h"

namespace aisle {
namespace {

constexpr std::string_view file_name = "reindex.json";
const std::array<std::string, 8> state_names = {"planned", "building", "catching_up", "verified",
                                                "warming", "active",   "rolled_back", "failed"};

WarmUp read_warm_up(const JsonReader& reader) {
  constexpr std::int64_t count_max = 1'000'000;
  reader.allow_only({"queries", "zero_before", "zero_after", "overlap"});
  const auto count = [&](std::string_view name) {
    return static_cast<std::uint64_t>(reader.integer_or(name, 0, 0, count_max));
  };
  return {count("queries"), count("zero_before"), count("zero_after"), reader.number_or("overlap", 1, 0, 1)};
}

ReindexManifest read_manifest(const JsonReader& reader) {
  constexpr std::int64_t number_max = std::numeric_limits<std::uint32_t>::max();
  reader.allow_only({"id", "state", "from", "to", "shards", "force", "who", "comment", "started", "finished",
                     "reason", "changes", "warm_up"});
  const auto number = [&](std::string_view name) {
    return static_cast<std::uint32_t>(reader.integer_or(name, 0, 1, number_max));
  };
  ReindexManifest manifest;
  manifest.id = reader.require_string("id");
  const std::string state = reader.require_choice("state", state_names);
  manifest.state = static_cast<ReindexState>(std::ranges::find(state_names, state) - state_names.begin());
  manifest.from = number("from");
  manifest.to = number("to");
  manifest.shards = number("shards");
  manifest.force = reader.bool_or("force", false);
  manifest.who = reader.string_or("who", "");
  manifest.comment = reader.string_or("comment", "");
  manifest.started = reader.string_or("started", "");
  manifest.finished = reader.string_or("finished", "");
  manifest.reason = reader.string_or("reason", "");
  manifest.changes = reader.strings_or_empty("changes");
  if (reader.has("warm_up")) manifest.warm_up = read_warm_up(reader.member("warm_up"));
  return manifest;
}

}  // namespace

std::string new_reindex_id() {
  std::random_device device;
  return fmt::format("{:08x}", device());
}

std::string_view reindex_state_name(ReindexState state) {
  return state_names.at(static_cast<std::size_t>(state));
}

nlohmann::json to_json(const ReindexManifest& manifest) {
  return {{"id", manifest.id},
          {"state", reindex_state_name(manifest.state)},
          {"from", manifest.from},
          {"to", manifest.to},
          {"shards", manifest.shards},
          {"force", manifest.force},
          {"who", manifest.who},
          {"comment", manifest.comment},
          {"started", manifest.started},
          {"finished", manifest.finished},
          {"reason", manifest.reason},
          {"changes", manifest.changes},
          {"warm_up",
           {{"queries", manifest.warm_up.queries},
            {"zero_before", manifest.warm_up.zero_before},
            {"zero_after", manifest.warm_up.zero_after},
            {"overlap", manifest.warm_up.overlap}}}};
}

Result<std::optional<ReindexManifest>> ReindexManifest::load(const std::filesystem::path& index_folder) {
  const std::filesystem::path file = index_folder / file_name;
  const auto text = read_file(file, 1U << 20U);
  if (!text && text.error().code == ErrorCode::NotFound) return std::optional<ReindexManifest>();
  if (!text) return tl::unexpected(text.error());
  const auto damaged = [&](const std::string& why) {
    return fail(ErrorCode::DataLoss, file.string() + ": " + why);
  };
  const auto json = parse_json(*text);
  if (!json) return damaged(json.error().message);
  JsonReader::ErrorSink sink;
  const JsonReader reader(*json, "", sink);
  if (!reader.is_object()) return damaged("not a JSON object");
  ReindexManifest manifest = read_manifest(reader);
  if (sink.error) return damaged(sink.error->message);
  return std::optional(std::move(manifest));
}

Status ReindexManifest::store(const std::filesystem::path& index_folder) const {
  return write_file_atomically(index_folder / file_name, dump_json(to_json(*this)) + "\n");
}

}  // namespace aisle
