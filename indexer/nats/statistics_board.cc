#include "indexer/nats/statistics_board.h"

#include <fmt/format.h>

#include <charconv>

#include "base/hash.h"

namespace aisle {
namespace {

constexpr std::size_t part_bytes = 256U << 10U;
constexpr std::size_t parts_max = 1'024;

std::string part_key(const std::string& key, const std::string& hash, std::size_t part) {
  return fmt::format("{}.{}.{}", key, hash, part);
}

}  // namespace

StatisticsBoard::StatisticsBoard(const std::shared_ptr<NatsConnection>& connection,
                                 const std::string& cluster, int replicas)
    : bucket_(connection, {.name = "aisle-" + cluster + "-statistics", .replicas = replicas}) {}

Result<std::optional<StatisticsBoard::Pointer>> StatisticsBoard::pointer(const std::string& key) {
  AISLE_TRY(const auto entry, bucket_.get(key));
  std::optional<Pointer> found;
  if (!entry) return found;
  const std::size_t space = entry->value.find(' ');
  Pointer pointer{entry->value.substr(0, space), 0};
  if (space != std::string::npos) {
    std::from_chars(entry->value.data() + space + 1, entry->value.data() + entry->value.size(),
                    pointer.parts);
  }
  if (pointer.parts == 0 || pointer.parts > parts_max)
    return fail(ErrorCode::DataLoss, "statistics of " + key);
  found = std::move(pointer);
  return found;
}

Status StatisticsBoard::publish(const std::string& index, std::uint32_t generation, std::string_view bytes) {
  const std::string key = fmt::format("{}.{}", index, generation);
  const std::string hash = hash_text(bytes);
  AISLE_TRY(const auto former, pointer(key));
  if (former && former->hash == hash) return {};
  std::size_t parts = 0;
  for (std::size_t at = 0; at < bytes.size() || parts == 0; at += part_bytes, ++parts) {
    AISLE_CHECK(bucket_.put(part_key(key, hash, parts), bytes.substr(at, part_bytes)));
  }
  AISLE_CHECK(bucket_.put(key, fmt::format("{} {}", hash, parts)));
  for (std::size_t part = 0; former && part < former->parts; ++part) {
    AISLE_CHECK(bucket_.remove(part_key(key, former->hash, part)));
  }
  return {};
}

Status StatisticsBoard::drop(const std::string& index, std::uint32_t generation) {
  const std::string key = fmt::format("{}.{}", index, generation);
  AISLE_TRY(const auto former, pointer(key));
  if (!former) return {};
  AISLE_CHECK(bucket_.remove(key));
  for (std::size_t part = 0; part < former->parts; ++part) {
    AISLE_CHECK(bucket_.remove(part_key(key, former->hash, part)));
  }
  return {};
}

Result<bool> StatisticsBoard::has(const std::string& index, std::uint32_t generation) {
  AISLE_TRY(const auto newest, pointer(fmt::format("{}.{}", index, generation)));
  return newest.has_value();
}

Result<std::optional<std::string>> StatisticsBoard::newer(const std::string& index, std::uint32_t generation,
                                                          const std::string& known) {
  const std::string key = fmt::format("{}.{}", index, generation);
  std::optional<std::string> bytes;
  AISLE_TRY(const auto newest, pointer(key));
  if (!newest || newest->hash == known) return bytes;
  bytes.emplace();
  for (std::size_t part = 0; part < newest->parts; ++part) {
    AISLE_TRY(const auto entry, bucket_.get(part_key(key, newest->hash, part)));
    if (!entry) return fail(ErrorCode::Unavailable, "the statistics of " + key + " are just being replaced");
    *bytes += entry->value;
  }
  if (hash_text(*bytes) != newest->hash)
    return fail(ErrorCode::DataLoss, "the statistics of " + key + " are damaged");
  return bytes;
}

}  // namespace aisle
