#include "server/membership/membership_config.h"

#include <algorithm>

namespace aisle {
namespace {

constexpr std::size_t name_bytes_max = 32;
constexpr int replicas_max = 5;  // of JetStream
constexpr int servers_for_copies = 3;

// A part of names of streams, buckets and keys.
std::string read_name(const JsonReader& reader, std::string_view member) {
  std::string name = reader.require_string(member);
  const bool fits = !name.empty() && name.size() <= name_bytes_max && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!fits && reader.ok()) {
    reader.member(member).fail("is \"" + name + "\", expected 1 to 32 letters, digits, '_' or '-'");
  }
  return name;
}

}  // namespace

std::optional<MembershipConfig> read_membership(const JsonReader& reader) {
  if (!reader.has("nats")) return std::nullopt;
  MembershipConfig config;
  config.name = read_name(reader, "name");
  config.node = read_name(reader, "self");
  config.nats = reader.strings_or_empty("nats");
  if (config.nats.empty()) reader.member("nats").fail("names no server");
  config.address = reader.string_or("address", "");
  const int copies = config.nats.size() >= servers_for_copies ? servers_for_copies : 1;
  config.replicas = static_cast<int>(reader.integer_or("replicas", copies, 1, replicas_max));
  config.ack_replicas = static_cast<int>(reader.integer_or("ack_replicas", config.ack_replicas, 1, 100));
  config.shards = read_shard_selection(reader, "shards");
  config.min_coverage = reader.number_or("min_coverage", config.min_coverage, 0, 1);
  config.check_interval = std::chrono::seconds(
      reader.integer_or("check_interval_s", config.check_interval.count(), 0, 7 * 86'400));
  config.drain = std::chrono::seconds(reader.integer_or("drain_s", config.drain.count(), 0, 300));
  return config;
}

}  // namespace aisle
