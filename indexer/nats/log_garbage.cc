#include "indexer/nats/log_garbage.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "indexer/nats/log_stream.h"
#include "indexer/nats/nats_handles.h"

namespace aisle {
namespace {

using StreamNames = std::unique_ptr<jsStreamNamesList, NatsDestroyer<jsStreamNamesList_Destroy>>;

// aisle-<cluster>-<index>-<generation>-<shard>-<epoch>: nothing for another cluster's or index's.
std::optional<std::uint32_t> generation_of(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::uint32_t generation = 0;
  for (int place = 0; place < 3; ++place) {
    const std::string_view text = name.substr(0, name.find('-'));
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (place == 0) generation = number;
    name.remove_prefix(std::min(name.size(), text.size() + (place < 2 ? 1 : 0)));
  }
  return name.empty() ? std::optional(generation) : std::nullopt;
}

}  // namespace

Result<std::vector<GarbageStream>> find_garbage_streams(const NatsConnection& connection,
                                                        const std::string& cluster, const std::string& index,
                                                        const std::function<bool(std::uint32_t)>& needed) {
  jsStreamNamesList* listed = nullptr;
  jsErrCode code{};
  const natsStatus status = js_StreamNames(&listed, connection.jetstream(), nullptr, &code);
  const StreamNames names(listed);
  if (status == NATS_NOT_FOUND) return std::vector<GarbageStream>();  // no stream at all
  if (status != NATS_OK) return nats_failure("cannot list streams", status, code);
  const std::string prefix = fmt::format("aisle-{}-{}-", cluster, index);
  std::vector<GarbageStream> garbage;
  for (int i = 0; i < names->Count; ++i) {
    const auto generation = generation_of(names->List[i], prefix);
    if (!generation || needed(*generation)) continue;
    jsStreamInfo* found = nullptr;
    if (js_GetStreamInfo(&found, connection.jetstream(), names->List[i], nullptr, &code) != NATS_OK) continue;
    const NatsStreamInfo info(found);
    garbage.push_back({names->List[i], *generation, info->State.Bytes});
  }
  std::ranges::sort(garbage, {}, &GarbageStream::name);
  return garbage;
}

Status remove_stream(const NatsConnection& connection, const std::string& name) {
  jsErrCode code{};
  const natsStatus status = js_DeleteStream(connection.jetstream(), name.c_str(), nullptr, &code);
  if (status == NATS_OK || status == NATS_NOT_FOUND || code == JSStreamNotFoundErr) return {};
  return nats_failure("cannot delete stream " + name, status, code);
}

}  // namespace aisle
