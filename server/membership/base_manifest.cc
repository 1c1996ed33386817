#include "server/membership/base_manifest.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {

bool is_base_file_name(std::string_view name) {
  constexpr std::string_view others = "._-";
  return !name.empty() && name.size() <= 64 && name.front() != '.' && std::ranges::all_of(name, [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

std::string encode_base(const BaseManifest& manifest) {
  nlohmann::json files = nlohmann::json::array();
  for (const BaseFile& file : manifest.files) {
    files.push_back(
        {{"shard", file.shard}, {"name", file.name}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  }
  const GenerationRef& generation = manifest.generation;
  return dump_json({{"id", manifest.id},
                    {"generation", generation.number},
                    {"shards", generation.shards},
                    {"schema_hash", generation.schema_hash},
                    {"analyzer_version", generation.analyzer_version},
                    {"schema", manifest.schema},
                    {"files", std::move(files)}});
}

Result<BaseManifest> decode_base(std::string_view text) {
  const auto json = parse_json(text, {.bytes_max = 4U << 20U});
  if (!json) return fail(ErrorCode::DataLoss, "base: " + json.error().message);
  JsonReader::ErrorSink sink;
  const JsonReader reader(*json, "", sink);
  constexpr std::int64_t number_max = std::numeric_limits<std::uint32_t>::max();
  BaseManifest manifest;
  manifest.id = reader.require_string("id");
  manifest.generation = {static_cast<std::uint32_t>(reader.integer_or("generation", 0, 1, number_max)),
                         static_cast<std::uint32_t>(reader.integer_or("shards", 1, 1, number_max)),
                         reader.require_string("schema_hash"),
                         static_cast<int>(reader.integer_or("analyzer_version", 0, 0, 1'000'000))};
  manifest.schema = reader.require_string("schema");
  for (const JsonReader& file : reader.member("files").elements()) {
    manifest.files.push_back(
        {static_cast<std::uint32_t>(file.integer_or("shard", 0, 0, number_max)), file.require_string("name"),
         static_cast<std::uint64_t>(file.integer_or("bytes", 0, 0, std::numeric_limits<std::int64_t>::max())),
         file.require_string("sha256")});
    if (!is_base_file_name(manifest.files.back().name)) file.fail("has a name that is none of a file");
    if (manifest.files.back().shard >= manifest.generation.shards) file.fail("belongs to no shard");
  }
  if (sink.error) return fail(ErrorCode::DataLoss, "base: " + sink.error->message);
  return manifest;
}

}  // namespace aisle
