// How an index lives in a cluster: what it tells the others, and what it does about what they tell.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/log.h"
#include "server/index_service.h"
#include "server/membership/members.h"

namespace aisle {
namespace {

std::uint32_t last_generation(const IndexState& state) {
  std::uint32_t last = std::max(state.last_generation, state.active.number);
  if (state.previous) last = std::max(last, state.previous->number);
  if (state.building) last = std::max(last, state.building->number);
  return last;
}

}  // namespace

// A generation whose logs do not continue it gets a base from another member; searches see the old one until
// then.
void IndexService::mend(const IndexState& state) {
  for (const auto& named : {std::optional(state.active), state.previous, state.building}) {
    const auto generation = named ? generations_->find(named->number) : nullptr;
    if (generation == nullptr || !generation->needs_base()) continue;
    source_.remove(named->number);
    const auto replaced = generations_->replace(*named, configured_.get());
    if (!replaced) {
      log(LogLevel::Warn, "generation.not_mended", replaced.error().message,
          {{"index", name_}, {"generation", named->number}});
    }
    const auto now = replaced ? *replaced : generations_->find(named->number);
    if (now == nullptr) continue;
    const auto serving = serving_.get();
    if (serving->generation->number() == named->number) {
      serving_.set(std::make_shared<const Serving>(Serving{serving->state_version, now}));
    }
    if (const Status added = source_.add(now); !added) {
      log(LogLevel::Error, "generation.not_fed", added.error().message, {{"index", name_}});
    }
  }
}

void IndexService::tend_membership(const IndexState& state) {
  compare_copies();
  mend(state);
  look_at_leader();
  reindexer_->tend(leads());
}

void IndexService::look_at_leader() {
  const auto now = FollowerLag::Clock::now();
  if (leads()) return lag_.leads(now);
  const auto generation = active();
  const std::vector<NodePresence> members = membership_->nodes();
  std::optional<LeaderNews> news;
  for (const NodePresence& member : members) {
    const IndexPresence* index = find_index(member, name_);
    const GenerationPresence* held = find_generation(member, name_, generation->number());
    if (index == nullptr || !index->leading || held == nullptr || member.node == membership_->config().node)
      continue;
    news = LeaderNews{std::chrono::milliseconds(index->lag_ms), membership_->age_of(member.node), {}};
    for (const ShardPresence& shard : held->shards) news->applied.push_back(shard.applied);
    break;
  }
  std::vector<Seq> own;
  for (const auto& image : generation->view().shards) own.push_back(image->seq);
  lag_.look(news ? &*news : nullptr, own, now);
}

// The copy that differs from the others is replaced by mend().
void IndexService::compare_copies() {
  const std::vector<DifferingCopy> differing = differing_copies(membership_->nodes(), name_);
  metrics_->differing_copies.set(static_cast<double>(differing.size()));
  for (const DifferingCopy& copy : differing) {
    const auto generation = generations_->find(copy.generation);
    if (copy.node != membership_->config().node || generation == nullptr || generation->needs_base())
      continue;
    // what the others were told of may be a copy that is replaced already
    if (generation->shard_set() == nullptr || generation->shard_set()->checked(copy.shard).seq != copy.seq)
      continue;
    log(LogLevel::Error, "shard.differs", "CONTENT_DIFFERS: this copy is not what the others are",
        {{"index", name_}, {"generation", copy.generation}, {"shard", copy.shard}, {"seq", copy.seq}});
    generation->note_difference();
  }
}

double IndexService::lag_ms() const {
  if (!membership_ || leads()) return source_.lag_seconds() * 1000;
  return std::max(static_cast<double>(lag_.lag(FollowerLag::Clock::now()).count()),
                  active()->seconds_in_trouble() * 1000);
}

Status IndexService::require_lead() const {
  if (!membership_ || leads()) return {};
  const auto leader = leader_of(membership_->nodes(), name_);
  return fail(ErrorCode::FailedPrecondition,
              leader
                  ? fmt::format("this member does not feed index \"{}\", {} does: ask there", name_, *leader)
                  : fmt::format("this member does not feed index \"{}\", and none does now", name_));
}

IndexPresence IndexService::presence() const {
  constexpr double tenth_ms = 100;
  const double lag = std::ceil(source_.lag_seconds() * 1000 / tenth_ms) * tenth_ms;
  IndexPresence presence{.index = name_,
                         .state_version = serving_.get()->state_version,
                         .leading = leads(),
                         .lag_ms = leads() ? static_cast<std::uint64_t>(std::max(lag, 0.0)) : 0,
                         .generations = {}};
  for (const auto& generation : generations_->all()) presence.generations.push_back(generation->presence());
  return presence;
}

Result<std::vector<GarbageStream>> IndexService::collect_streams(bool only_tell) {
  if (!membership_ || !leads()) return std::vector<GarbageStream>();
  AISLE_TRY(const auto state, store_->read());
  if (!state) return std::vector<GarbageStream>();
  // One that this member has not heard of is another's to judge.
  return membership_->collect_streams(
      name_,
      [&](std::uint32_t number) {
        return names_generation(*state, number) || number > last_generation(*state);
      },
      only_tell);
}

}  // namespace aisle
