#include "server/answer_cache/view_contents.h"

#include <algorithm>
#include <limits>

namespace aisle {
namespace {

// Calls `take` with every object that holds a part of the answers, in one order; ends where it says false.
template <class Take>
bool all_parts(const View& view, Take&& take) {
  if (!take(view.context) || !take(view.statistics) || !take(view.ranking)) return false;
  for (const auto& shard : view.shards) {
    for (const SegmentView& segment : shard->segments) {
      if (!take(segment.segment) || !take(segment.deleted)) return false;
      for (const auto& column : segment.changed) {
        if (!take(column)) return false;
      }
    }
  }
  return true;
}

std::uint64_t seqs_of(const View& view) {
  std::uint64_t sum = 0;
  for (const auto& shard : view.shards) sum += shard->seq;
  return sum;
}

}  // namespace

SteadyTime steady_time(const Ranking* ranking, std::int64_t clock) {
  SteadyTime time{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};
  if (ranking == nullptr) return time;
  if (std::ranges::any_of(ranking->signals, &Signal::from_clock)) return {clock, clock + 1};
  for (const CompiledRule& rule : ranking->rules) {
    for (const auto& turn : {rule.rule->when.from, rule.rule->when.until}) {
      if (!turn) continue;
      std::int64_t& end = *turn <= clock ? time.from : time.until;
      end = *turn <= clock ? std::max(end, *turn) : std::min(end, *turn);
    }
  }
  return time;
}

ViewContents::ViewContents(const View& view, std::int64_t clock)
    : time_(steady_time(view.ranking.get(), clock)),
      state_version_(view.state_version),
      seqs_(seqs_of(view)) {
  all_parts(view, [&](const auto& part) {
    parts_.emplace_back(part);
    return true;
  });
}

bool ViewContents::equal(const View& view, std::int64_t clock) const {
  if (clock < time_.from || clock >= time_.until) return false;
  std::size_t next = 0;
  const bool same = all_parts(view, [&](const auto& part) {
    if (next == parts_.size()) return false;
    const Part& own = parts_[next++];
    return !own.owner_before(part) && !part.owner_before(own);
  });
  return same && next == parts_.size();
}

bool ViewContents::newer_than(const View& view, std::int64_t clock) const {
  const Part& context = parts_.front();
  if (context.owner_before(view.context) || view.context.owner_before(context)) return false;
  const std::uint64_t seqs = seqs_of(view);
  if (view.state_version != state_version_) return view.state_version < state_version_;
  return seqs != seqs_ ? seqs < seqs_ : clock < time_.from;
}

}  // namespace aisle
