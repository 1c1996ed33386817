#include "server/generation_statistics.h"

#include <algorithm>
#include <utility>

#include "base/file.h"
#include "base/log.h"

namespace aisle {

GenerationStatistics::GenerationStatistics(Place place, StatisticsExchange exchange)
    : place_(std::move(place)),
      exchange_(std::move(exchange)),
      current_(Statistics::collect({}, *place_.context)) {}

Status GenerationStatistics::load() {
  const auto saved = read_file(place_.file);
  if (!saved && saved.error().code == ErrorCode::NotFound) return {};
  if (!saved) return tl::unexpected<Error>(saved.error());
  auto decoded = Statistics::decode(*saved);
  if (!decoded && decoded.error().code == ErrorCode::FailedPrecondition) return {};
  AISLE_TRY(auto statistics, std::move(decoded));
  const std::lock_guard lock(mutex_);
  current_ = statistics;
  keep(std::move(statistics));
  return {};
}

// Whatever queries would else wait for.
void GenerationStatistics::prepare(const Statistics& statistics,
                                   std::span<const std::shared_ptr<const Image>> shards) const {
  for (const auto& image : shards) {
    for (const SegmentView& view : image->segments) statistics.prepared(view.segment, *place_.context);
  }
}

// The mutex is held.
void GenerationStatistics::keep(std::shared_ptr<const Statistics> statistics) {
  std::erase_if(kept_, [&](const auto& some) { return some->hash() == statistics->hash(); });
  kept_.insert(kept_.begin(), std::move(statistics));
  if (kept_.size() > kept_max) kept_.resize(kept_max);
}

std::shared_ptr<const Statistics> GenerationStatistics::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

bool GenerationStatistics::ready() const {
  const std::lock_guard lock(mutex_);
  return !kept_.empty();
}

std::shared_ptr<const Statistics> GenerationStatistics::find(std::string_view hash) const {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::ranges::find(kept_, hash, [](const auto& some) -> std::string_view { return some->hash(); });
  return found == kept_.end() ? nullptr : *found;
}

std::vector<std::string> GenerationStatistics::hashes() const {
  std::vector<std::string> hashes;
  const std::lock_guard lock(mutex_);
  for (const auto& some : kept_) hashes.push_back(some->hash());
  return hashes;
}

Status GenerationStatistics::collect(std::span<const std::shared_ptr<const Image>> shards) {
  const std::lock_guard changing(change_mutex_);
  auto statistics = Statistics::collect(shards, *place_.context);
  prepare(*statistics, shards);
  const std::string encoded = statistics->encode();
  if (exchange_.board != nullptr) {
    AISLE_CHECK(exchange_.board->publish(place_.index, place_.generation, encoded));
  }
  AISLE_CHECK(write_file_atomically(place_.file, encoded));
  log(LogLevel::Info, "statistics.collected", "scores use new term statistics",
      {{"index", place_.index},
       {"generation", place_.generation},
       {"products", statistics->documents()},
       {"version", statistics->hash()}});
  const std::lock_guard lock(mutex_);
  current_ = statistics;
  keep(std::move(statistics));
  return {};
}

Status GenerationStatistics::take(std::span<const std::shared_ptr<const Image>> shards) {
  const std::lock_guard changing(change_mutex_);
  const std::vector<std::string> known = hashes();
  AISLE_TRY(const auto newer,
            exchange_.board->newer(place_.index, place_.generation, known.empty() ? "" : known.front()));
  if (newer) {
    AISLE_TRY(auto statistics, Statistics::decode(*newer));
    AISLE_CHECK(write_file_atomically(place_.file, *newer));
    prepare(*statistics, shards);
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) current_ = statistics;
    keep(std::move(statistics));
    taken_ = std::chrono::steady_clock::now();
  }
  use_newest_when_known();
  return {};
}

void GenerationStatistics::use_newest_when_known() {
  std::shared_ptr<const Statistics> newest;
  {
    const std::lock_guard lock(mutex_);
    if (kept_.empty() || kept_.front() == current_) return;
    newest = kept_.front();
  }
  const bool waited = std::chrono::steady_clock::now() - taken_ > patience;
  if (!waited && exchange_.known_everywhere && !exchange_.known_everywhere(newest->hash())) return;
  log(LogLevel::Info, "statistics.taken", "scores use the leader's term statistics",
      {{"index", place_.index}, {"generation", place_.generation}, {"version", newest->hash()}});
  const std::lock_guard lock(mutex_);
  current_ = std::move(newest);
}

Status GenerationStatistics::offer() {
  const std::lock_guard changing(change_mutex_);
  AISLE_TRY(const bool there, exchange_.board->has(place_.index, place_.generation));
  if (there || !ready()) return {};
  return exchange_.board->publish(place_.index, place_.generation, current()->encode());
}

}  // namespace aisle
