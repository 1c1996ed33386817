#include "schemas/node_presence.h"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

nlohmann::json shard_json(const ShardPresence& shard) {
  return {{"applied", shard.applied}, {"durable", shard.durable},
          {"lsn", shard.lsn},         {"epoch", shard.log.epoch},
          {"term", shard.log.term},   {"chain", format_hash(shard.log.chain)},
          {"checked", shard.checked}, {"content", fmt::format("{:016x}", shard.content)},
          {"trouble", shard.trouble}};
}

nlohmann::json index_json(const IndexPresence& index) {
  nlohmann::json generations = nlohmann::json::array();
  for (const GenerationPresence& generation : index.generations) {
    nlohmann::json shards = nlohmann::json::array();
    for (const ShardPresence& shard : generation.shards) shards.push_back(shard_json(shard));
    generations.push_back({{"number", generation.number},
                           {"ready", generation.ready},
                           {"statistics", generation.statistics},
                           {"shards", std::move(shards)}});
  }
  return {{"index", index.index},
          {"state_version", index.state_version},
          {"leading", index.leading},
          {"lag_ms", index.lag_ms},
          {"generations", std::move(generations)}};
}

std::uint64_t number(const JsonReader& reader, std::string_view name) {
  return static_cast<std::uint64_t>(reader.integer_or(name, 0, 0, std::numeric_limits<std::int64_t>::max()));
}

std::uint32_t small_number(const JsonReader& reader, std::string_view name) {
  return static_cast<std::uint32_t>(reader.integer_or(name, 0, 0, std::numeric_limits<std::uint32_t>::max()));
}

ShardPresence read_shard(const JsonReader& reader) {
  ShardPresence shard;
  shard.applied = number(reader, "applied");
  shard.durable = number(reader, "durable");
  shard.lsn = number(reader, "lsn");
  shard.log = {small_number(reader, "epoch"), number(reader, "term"),
               parse_hash(reader.string_or("chain", ""))};
  shard.checked = number(reader, "checked");
  const std::string content = reader.string_or("content", "");
  std::from_chars(content.data(), content.data() + content.size(), shard.content, 16);
  shard.trouble = reader.string_or("trouble", "");
  return shard;
}

IndexPresence read_index(const JsonReader& reader) {
  IndexPresence index;
  index.index = reader.require_string("index");
  index.state_version = number(reader, "state_version");
  index.leading = reader.bool_or("leading", false);
  index.lag_ms = number(reader, "lag_ms");
  for (const JsonReader& generation : reader.member("generations").elements()) {
    GenerationPresence& found = index.generations.emplace_back();
    found.number = small_number(generation, "number");
    found.ready = generation.bool_or("ready", false);
    found.statistics = generation.strings_or_empty("statistics");
    for (const JsonReader& shard : generation.member("shards").elements())
      found.shards.push_back(read_shard(shard));
  }
  return index;
}

}  // namespace

std::string encode_presence(const NodePresence& node) {
  nlohmann::json indexes = nlohmann::json::array();
  for (const IndexPresence& index : node.indexes) indexes.push_back(index_json(index));
  return dump_json({{"node", node.node},
                    {"address", node.address},
                    {"role", node.role},
                    {"version", node.version},
                    {"leading", node.leading},
                    {"draining", node.draining},
                    {"shards", {{"of", node.shards.of}, {"parts", node.shards.parts}}},
                    {"indexes", std::move(indexes)}});
}

Result<NodePresence> decode_presence(std::string_view text) {
  const auto json = parse_json(text);
  if (!json) return fail(ErrorCode::DataLoss, "presence: " + json.error().message);
  JsonReader::ErrorSink sink;
  const JsonReader reader(*json, "", sink);
  if (!reader.is_object()) return fail(ErrorCode::DataLoss, "presence: not a JSON object");
  NodePresence node;
  node.node = reader.require_string("node");
  node.address = reader.string_or("address", "");
  node.role = reader.string_or("role", "");
  node.version = reader.string_or("version", "");
  node.leading = reader.bool_or("leading", false);
  node.draining = reader.bool_or("draining", false);
  node.shards = read_shard_selection(reader, "shards");
  if (reader.has("indexes")) {
    for (const JsonReader& index : reader.member("indexes").elements())
      node.indexes.push_back(read_index(index));
  }
  if (sink.error) return fail(ErrorCode::DataLoss, "presence: " + sink.error->message);
  return node;
}

}  // namespace aisle
