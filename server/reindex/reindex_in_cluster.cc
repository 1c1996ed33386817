// A rebuild in a cluster: who works on it, and whom the switch waits for.
#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "base/utc_time.h"
#include "server/reindex/reindexer.h"
#include "server/stoppable_wait.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds look_interval{50};
constexpr std::chrono::minutes replicas_wait{5};  // for members to have what the leader has

}  // namespace

void Reindexer::tend(bool leads) {
  const std::lock_guard command(command_mutex_);
  if (!leads) stop();
  if (working_) return;
  const auto state = parts_.store.read();
  if (!state || !*state) return;
  const auto& building = (*state)->building;
  const ReindexManifest known = manifest();
  const bool unannounced = known.under_way() && known.to > (*state)->last_generation;
  if (!building && !unannounced) return finish_elsewhere(**state);
  if (!leads) return;
  if (building && known.to == building->number &&
      !known.under_way()) {  // it failed here, and was not cleaned up
    if (const Status status = clean_up(known); !status) {
      log(LogLevel::Error, "reindex.cleanup", status.error().message, {{"generation", known.to}});
    }
    return;
  }
  if (building && known.to != building->number) {
    if (const Status taken = take_over(*building); !taken) {
      log(LogLevel::Error, "reindex.not_taken_over", taken.error().message,
          {{"generation", building->number}});
      return;
    }
  }
  stop();  // the thread of the last one has done its work
  launch();
}

// What this member began was brought to its end by another.
void Reindexer::finish_elsewhere(const IndexState& state) {
  const ReindexManifest known = manifest();
  if (!known.under_way() || known.to == 0) return;
  const bool active = state.active.number == known.to;
  const Status written = advance(active ? ReindexState::Active : ReindexState::Failed,
                                 active ? known.reason : "given up by another member");
  if (!written) log(LogLevel::Error, "reindex.manifest", written.error().message, {{"generation", known.to}});
}

// Who began it is gone: the log has brought what it built.
Status Reindexer::take_over(const GenerationRef& building) {
  AISLE_TRY(const auto state, parts_.store.read());
  ReindexManifest next;
  next.id = new_reindex_id();
  next.from = state->active.number;
  next.to = building.number;
  next.shards = building.shards;
  next.who = "aisle";
  next.comment = "taken over from another member";
  next.started = utc_text(utc_now());
  {
    const std::lock_guard lock(mutex_);
    manifest_ = next;
  }
  cancelled_ = false;
  return advance(ReindexState::Planned);
}

// All members that answer searches shall have it, so that the switch changes the answers and nothing else.
Status Reindexer::await_replicas() {
  if (!parts_.not_ready) return {};
  const Deadline end = Deadline::after(replicas_wait);
  while (true) {
    const std::vector<std::string> reasons = parts_.not_ready(built_->ref());
    if (reasons.empty()) break;
    if (end.expired()) {
      return fail(ErrorCode::FailedPrecondition,
                  fmt::format("{}; drain what cannot have it, or aisle reindex --force switches nevertheless",
                              fmt::join(reasons, "; ")));
    }
    waits_for_.set(std::make_shared<const std::string>(fmt::format("{}", fmt::join(reasons, "; "))));
    if (interrupt_.stop_requested()) return fail(ErrorCode::Unavailable, "interrupted");
    stoppable_wait(interrupt_.get_token(), look_interval);
  }
  waits_for_.set(nullptr);
  return {};
}

}  // namespace aisle
