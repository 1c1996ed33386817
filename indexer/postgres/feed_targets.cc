#include "indexer/postgres/feed_targets.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

namespace aisle {

FeedTargets::FeedTargets(FeedTarget first) : first_(first) {
  entries_.emplace_back().target = std::move(first);
}

FeedTargets::Entry* FeedTargets::find(const ChangeSink& sink) {
  const auto found =
      std::ranges::find_if(entries_, [&](const Entry& entry) { return entry.target.sink == &sink; });
  return found == entries_.end() ? nullptr : &*found;
}

Status FeedTargets::add(FeedTarget target) {
  const auto* source = std::get_if<PostgresSource>(&target.schema->source);
  if (source == nullptr) {
    return fail(ErrorCode::InvalidArgument, "index " + target.schema->index + " has no PostgreSQL source");
  }
  const auto* mine = std::get_if<PostgresSource>(&first_.schema->source);
  if (mine == nullptr || source->slot != mine->slot || source->publication != mine->publication) {
    return fail(ErrorCode::InvalidArgument, "generations share a slot and a publication: \"" + source->slot +
                                                "\" and \"" + source->publication +
                                                "\" are not those that are being followed");
  }
  const std::lock_guard lock(mutex_);
  if (find(*target.sink) != nullptr) return fail(ErrorCode::Conflict, "the generation is followed already");
  entries_.emplace_back().target = std::move(target);
  added_ = true;
  return {};
}

void FeedTargets::remove(const ChangeSink& sink) {
  std::unique_lock lock(mutex_);
  Entry* entry = find(sink);
  if (entry == nullptr) return;
  entry->leaving = true;
  released_.wait(lock, [&] {
    const Entry* now = find(sink);
    return now == nullptr || !now->in_session;
  });
  std::erase_if(entries_, [&](const Entry& other) { return other.target.sink == &sink; });
}

Status FeedTargets::request_scan(const ChangeSink& sink) {
  const std::lock_guard lock(mutex_);
  Entry* entry = find(sink);
  if (entry == nullptr) return fail(ErrorCode::NotFound, "the generation is not followed");
  entry->scan_wanted = true;
  return {};
}

Status FeedTargets::repair(std::vector<std::string> ids) {
  const std::lock_guard lock(mutex_);
  if (repairs_.size() + ids.size() > repairs_max) {
    return fail(ErrorCode::ResourceExhausted, std::to_string(repairs_.size() + ids.size()) +
                                                  " products would wait to be read again, the limit is " +
                                                  std::to_string(repairs_max));
  }
  std::ranges::move(ids, std::back_inserter(repairs_));
  return {};
}

std::size_t FeedTargets::repairs_left() const {
  const std::lock_guard lock(mutex_);
  return repairs_.size() + repairs_taken_;
}

void FeedTargets::set_repairs_left(std::size_t left) {
  const std::lock_guard lock(mutex_);
  repairs_taken_ = left;
}

void FeedTargets::give_back(std::vector<std::string> repairs) {
  const std::lock_guard lock(mutex_);
  repairs_taken_ = 0;
  std::ranges::move(repairs, std::back_inserter(repairs_));
}

std::vector<FeedTarget> FeedTargets::begin_session() {
  const std::lock_guard lock(mutex_);
  added_ = false;
  std::vector<FeedTarget> out;
  for (Entry& entry : entries_) {
    if (entry.leaving) continue;
    entry.in_session = entry.counted = true;
    out.push_back(entry.target);
  }
  return out;
}

void FeedTargets::end_session() {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : entries_) entry.in_session = false;
  released_.notify_all();
}

FeedWishes FeedTargets::take_wishes() {
  const std::lock_guard lock(mutex_);
  FeedWishes wishes;
  wishes.look_anew = added_;
  for (Entry& entry : entries_) {
    if (!entry.in_session) continue;
    if (std::exchange(entry.scan_wanted, false)) wishes.scans.push_back(entry.target.sink);
  }
  repairs_taken_ += repairs_.size();
  wishes.repairs = std::exchange(repairs_, {});
  return wishes;
}

bool FeedTargets::take_scan_wish(const ChangeSink& sink) {
  const std::lock_guard lock(mutex_);
  Entry* entry = find(sink);
  return entry != nullptr && std::exchange(entry->scan_wanted, false);
}

std::vector<const ChangeSink*> FeedTargets::leaving() const {
  const std::lock_guard lock(mutex_);
  std::vector<const ChangeSink*> out;
  for (const Entry& entry : entries_) {
    if (entry.in_session && entry.leaving) out.push_back(entry.target.sink);
  }
  return out;
}

void FeedTargets::release(const ChangeSink& sink) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = find(sink)) entry->in_session = false;
  released_.notify_all();
}

void FeedTargets::set_counted(const ChangeSink& sink, bool counted) {
  const std::lock_guard lock(mutex_);
  if (Entry* entry = find(sink)) entry->counted = counted;
}

Lsn FeedTargets::durable_lsn() const {
  const std::lock_guard lock(mutex_);
  std::optional<Lsn> lowest;
  for (const Entry& entry : entries_) {
    if (!entry.in_session || !entry.counted) continue;
    const Lsn durable = entry.target.sink->acknowledged_lsn();
    lowest = lowest ? std::min(*lowest, durable) : durable;
  }
  return lowest.value_or(0);
}

}  // namespace aisle
