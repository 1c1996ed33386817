#include "server/membership/base_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/log.h"
#include "server/membership/base_fetch.h"
#include "server/membership/members.h"

namespace aisle {
namespace {

struct Holder {
  std::string address;
  bool ready = false;
  Seq durable = 0;  // of all shards together
};

std::optional<Holder> holder_of(const NodePresence& node, const std::string& index,
                                const GenerationRef& wanted, const ShardSelection& selection, bool longest) {
  const GenerationPresence* held = find_generation(node, index, wanted.number);
  if (held == nullptr || held->shards.size() != wanted.shards) return std::nullopt;
  Holder holder{node.address, held->ready, 0};
  for (std::uint32_t i = 0; i < wanted.shards; ++i) {
    if (!selection.holds(i)) continue;
    if (!node.shards.holds(i)) return std::nullopt;
    const std::string& trouble = held->shards[i].trouble;
    const bool beyond_log = trouble.starts_with("LOG_SHORT") || trouble.starts_with("LOG_GONE");
    const bool other_history = trouble.starts_with("LOG_") || trouble.starts_with("BASE_");
    if (other_history && !(longest && beyond_log)) return std::nullopt;
    holder.durable += held->shards[i].durable;
  }
  return holder.durable > 0 ? std::optional(holder) : std::nullopt;
}

std::vector<Holder> holders(const Membership& membership, const std::string& index,
                            const GenerationRef& wanted, bool longest) {
  std::vector<Holder> found;
  for (const NodePresence& node : membership.nodes()) {
    if (node.node == membership.config().node) continue;
    if (auto holder = holder_of(node, index, wanted, membership.config().shards, longest))
      found.push_back(std::move(*holder));
  }
  std::ranges::sort(found, [longest](const Holder& a, const Holder& b) {
    return std::pair(longest || a.ready, a.durable) > std::pair(longest || b.ready, b.durable);
  });
  return found;
}

}  // namespace

Result<BaseManifest> take_base(const Membership& membership, const std::string& index,
                               const GenerationRef& wanted, const std::filesystem::path& to, bool longest) {
  const std::vector<Holder> found = holders(membership, index, wanted, longest);
  if (found.empty()) {
    return fail(ErrorCode::NotFound,
                fmt::format("no member of the cluster has generation {}", wanted.number));
  }
  Error last;
  for (const Holder& holder : found) {
    std::error_code ignored;
    std::filesystem::remove_all(to, ignored);
    auto manifest = fetch_base(holder.address, index, wanted.number, membership.config().shards, to);
    if (manifest && manifest->generation == wanted) {
      AISLE_CHECK(write_file_atomically(to / "schema.json", manifest->schema));
      return manifest;
    }
    last = manifest ? Error{ErrorCode::Unavailable, holder.address + " has another generation of that number"}
                    : manifest.error();
    log(LogLevel::Warn, "base.failed", last.message, {{"index", index}, {"from", holder.address}});
  }
  return tl::unexpected(last);
}

}  // namespace aisle
