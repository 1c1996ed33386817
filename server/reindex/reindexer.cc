#include "server/reindex/reindexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"
#include "base/utc_time.h"
#include "indexer/state_change.h"
#include "schemas/schema_changes.h"
#include "server/compare_generation.h"
#include "server/ranking/ranking_keeper.h"
#include "server/reindex/reindex_gate.h"
#include "server/reindex/warm_up.h"
#include "server/stoppable_wait.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds look_interval{50};
constexpr std::chrono::minutes settle_wait{10};
constexpr std::chrono::seconds warm_wait{5};
constexpr std::chrono::seconds unavailable_wait{2};

std::string switch_text(std::uint32_t from, std::uint32_t to) {
  return fmt::format("{} -> {}", from, to);
}

}  // namespace

Reindexer::~Reindexer() {
  stop();
}

Status Reindexer::recall() {
  AISLE_TRY(auto found, ReindexManifest::load(parts_.folder.path()));
  AISLE_TRY(const auto state, parts_.store.read());
  if (!found || !state) return {};
  // a crash between the switch and its manifest
  if (found->state == ReindexState::Active && state->active.number != found->to)
    found->state = ReindexState::RolledBack;
  const std::lock_guard lock(mutex_);
  manifest_ = std::move(found);
  return {};
}

void Reindexer::begin() {
  const std::lock_guard command(command_mutex_);
  const ReindexManifest found = manifest();
  if (found.to == 0) return;
  if (found.under_way() && !thread_.joinable()) launch();
  const auto state = parts_.store.read();
  const bool left_behind = state && *state && (*state)->building && (*state)->building->number == found.to;
  if (found.state != ReindexState::Failed || !left_behind) return;
  if (const Status status = clean_up(found); !status) {
    log(LogLevel::Error, "reindex.cleanup", status.error().message, {{"generation", found.to}});
  }
}

void Reindexer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

Result<ReindexManifest> Reindexer::start(const ReindexRequest& request) {
  const std::lock_guard command(command_mutex_);
  AISLE_CHECK(refuse_second());
  stop();  // the thread of the last one has done its work
  AISLE_TRY(const auto state, parts_.store.read());
  if (state && state->building) {
    return fail(ErrorCode::Conflict,
                fmt::format("generation {} is being built already", state->building->number));
  }
  AISLE_TRY(const ReindexPlan plan, this->plan(request));
  AISLE_CHECK(check_disk(plan));
  AISLE_TRY(const auto schema, wanted_schema());
  if (std::holds_alternative<std::monostate>(schema->source)) {
    return fail(
        ErrorCode::FailedPrecondition,
        fmt::format(
            "index \"{0}\" has no source to read again, its products came by aisle import: name their file "
            "as the schema's source, or import it into another data folder (aisle import --data NEW), "
            "stop aisle and put NEW/{0} in the place of its folder",
            schema->index));
  }
  AISLE_TRY(const auto context, IndexContext::create(schema, {}));
  AISLE_CHECK(check_ranking_fits(parts_.store, context));
  AISLE_CHECK(parts_.generations.create(plan.to, *schema, plan.shards));
  fault_point("reindex.folder_made");
  ReindexManifest manifest;
  manifest.id = new_reindex_id();
  manifest.from = plan.from;
  manifest.to = plan.to;
  manifest.shards = plan.shards;
  manifest.force = request.force;
  manifest.who = request.who;
  manifest.comment = request.comment;
  manifest.started = utc_text(utc_now());
  manifest.changes = plan.changes;
  {
    const std::lock_guard lock(mutex_);
    manifest_ = manifest;
  }
  cancelled_ = false;
  AISLE_CHECK(advance(ReindexState::Planned));
  launch();
  return manifest;
}

// One that was cancelled while nobody worked on it begins in order to be given up.
void Reindexer::launch() {
  {
    const std::lock_guard lock(mutex_);
    launched_ = Steady::now();
    interrupt_ = std::stop_source();
    if (cancelled_) interrupt_.request_stop();
  }
  working_ = true;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Reindexer::run(const std::stop_token& stop) {
  const std::stop_callback ends(stop, [this] { interrupt_.request_stop(); });
  const Status done = work(stop);
  built_.reset();
  waits_for_.set(nullptr);
  // JetStream is away: tend() goes on with it.
  const bool waits = !done && parts_.not_ready && done.error().code == ErrorCode::Unavailable;
  if (waits) {
    log(LogLevel::Warn, "reindex.waits", done.error().message, {{"generation", manifest().to}});
    stoppable_wait(interrupt_.get_token(), unavailable_wait);
  }
  if (!done && !stop.stop_requested() && (!waits || cancelled_)) {
    const Status cancelled = interrupted(stop);
    give_up(cancelled ? done.error() : cancelled.error());
  }
  working_ = false;
}

Status Reindexer::work(const std::stop_token& stop) {
  AISLE_TRY(const bool to_build, announce());
  if (to_build) {
    AISLE_CHECK(build(stop));
    AISLE_CHECK(catch_up(stop));
    if (const Status passed = pass_gate(); !passed) {
      AISLE_CHECK(interrupted(stop));  // then that is the reason
      return passed;
    }
    AISLE_CHECK(warm());
    AISLE_CHECK(interrupted(stop));
    AISLE_CHECK(switch_over());
  }
  return advance(ReindexState::Active, manifest().reason);
}

Result<bool> Reindexer::announce() {
  const ReindexManifest now = manifest();
  AISLE_TRY(const auto state, parts_.store.read());
  if (state && state->active.number == now.to) return false;
  if (!state || !state->building || state->building->number != now.to) {
    AISLE_TRY(const GenerationManifest built_for, parts_.folder.manifest(now.to));
    const ChangeNote note{now.who, fmt::format("build generation {}", now.to), now.comment};
    const GenerationRef ref{now.to, built_for.shards, built_for.schema_hash, built_for.analyzer_version};
    AISLE_CHECK(change_state(parts_.store, note, [&](IndexState& edited) {
      edited.building = ref;
      edited.last_generation = std::max(edited.last_generation, ref.number);
      return Status();
    }));
  }
  fault_point("reindex.announced");
  return true;
}

Status Reindexer::build(const std::stop_token& stop) {
  AISLE_CHECK(advance(ReindexState::Building));
  AISLE_TRY(const auto state, parts_.store.read());
  AISLE_CHECK(parts_.adopt(*state));
  built_ = parts_.generations.find(manifest().to);
  if (!built_) return fail(ErrorCode::Unavailable, "the new generation cannot be opened");
  fault_point("reindex.opened");
  while (true) {
    AISLE_CHECK(interrupted(stop));
    const SourceProgress progress = parts_.source.progress(*built_);
    if (progress.failed) return fail(ErrorCode::FailedPrecondition, progress.problem);
    if (progress.current) return {};
    stoppable_wait(stop, look_interval);
  }
}

Status Reindexer::catch_up(const std::stop_token& stop) {
  AISLE_CHECK(advance(ReindexState::CatchingUp));
  AISLE_CHECK(built_->settle(Deadline::after(settle_wait)));
  while (!parts_.source.progress(*built_).current) {
    AISLE_CHECK(interrupted(stop));
    stoppable_wait(stop, look_interval);
  }
  return built_->catch_up(Deadline::after(settle_wait));
}

Status Reindexer::pass_gate() {
  std::string reason;
  if (const Status judged = judge(); !judged) {
    if (!manifest().force || interrupt_.stop_requested()) return judged;
    reason = "forced: " + judged.error().message;
  }
  return advance(ReindexState::Verified, reason);
}

Status Reindexer::judge() {
  AISLE_TRY(const auto state, parts_.store.read());
  if (const auto active = parts_.generations.find(state->active.number)) {
    AISLE_CHECK(
        judge_counts({active->number(), active->view().live()}, {built_->number(), built_->view().live()}));
  }
  AISLE_CHECK(await_replicas());
  const bool repairs = std::holds_alternative<PostgresSource>(built_->schema()->source);
  AISLE_TRY(const VerifyReport report,
            compare_generation(parts_.config, parts_.source, *built_, repairs, interrupt_.get_token()));
  log(LogLevel::Info, "reindex.compared", report.json(), {{"generation", built_->number()}});
  return judge_report(built_->number(), report);
}

// Its memory is touched before shoppers need it, and the manifest says how its answers differ.
Status Reindexer::warm() {
  AISLE_CHECK(advance(ReindexState::Warming, manifest().reason));
  AISLE_TRY(const auto state, parts_.store.read());
  const auto active = parts_.generations.find(state->active.number);
  if (!active) return {};
  const std::vector<SearchRequest> queries = parts_.recent_queries();
  const WarmUp seen = warm_up(active->view(), built_->view(), queries, Deadline::after(warm_wait));
  {
    const std::lock_guard lock(mutex_);
    manifest_->warm_up = seen;
  }
  return manifest().store(parts_.folder.path());
}

Status Reindexer::switch_over() {
  const ReindexManifest now = manifest();
  AISLE_TRY(const auto before, parts_.store.read());
  const ChangeNote note{now.who, "switch " + switch_text(before->active.number, now.to), now.comment};
  if (const auto next = parts_.generations.find(now.to))  // one may have been published meanwhile
    AISLE_CHECK(check_ranking_fits(parts_.store, next->context()));
  AISLE_TRY(const IndexState switched, change_state(parts_.store, note, [&](IndexState& state) -> Status {
              if (!state.building || state.building->number != now.to) {
                return fail(ErrorCode::Conflict,
                            fmt::format("generation {} is not being built any more", now.to));
              }
              state.previous = state.active;
              state.active = *std::exchange(state.building, std::nullopt);
              state.switched_at = utc_text(utc_now());
              return {};
            }));
  fault_point("reindex.switched");
  log(LogLevel::Info, "reindex.switched", "searches are answered by the new generation",
      {{"generation", now.to}, {"from", before->active.number}, {"who", now.who}});
  return parts_.adopt(switched);
}

Status Reindexer::advance(ReindexState state, const std::string& reason) {
  ReindexManifest next = manifest();
  next.state = state;
  next.reason = reason;
  if (!next.under_way()) next.finished = utc_text(utc_now());
  AISLE_CHECK(next.store(parts_.folder.path()));
  {
    const std::lock_guard lock(mutex_);
    manifest_ = next;
  }
  const std::string name(reindex_state_name(state));
  log(LogLevel::Info, "reindex." + name, reason.empty() ? "generation " + std::to_string(next.to) : reason,
      {{"index", parts_.folder.path().filename().string()}, {"generation", next.to}});
  fault_point("reindex." + name);
  return {};
}

Status Reindexer::interrupted(const std::stop_token& stop) const {
  if (stop.stop_requested()) return fail(ErrorCode::Unavailable, "the service stops");
  if (!cancelled_) return {};
  const std::lock_guard lock(mutex_);
  return fail(ErrorCode::FailedPrecondition, "cancelled by " + cancelled_by_);
}

// The decision is on disk first: a crash in the middle of cleaning up must not take the rebuild up again.
void Reindexer::give_up(const Error& error) {
  ReindexManifest failed = manifest();
  failed.state = ReindexState::Failed;
  failed.reason = error.message;
  failed.finished = utc_text(utc_now());
  Status status = failed.store(parts_.folder.path());
  fault_point("reindex.failed");
  if (status) status = clean_up(failed);
  if (!status) log(LogLevel::Error, "reindex.cleanup", status.error().message, {{"generation", failed.to}});
  log(LogLevel::Warn, "reindex.failed", error.message,
      {{"index", parts_.folder.path().filename().string()}, {"generation", failed.to}});
  const std::lock_guard lock(mutex_);
  manifest_ = std::move(failed);
}

Status Reindexer::clean_up(const ReindexManifest& failed) {
  const ChangeNote note{failed.who, fmt::format("give up generation {}", failed.to), failed.reason};
  AISLE_TRY(const IndexState changed, change_state(parts_.store, note, [&](IndexState& state) {
              if (state.building && state.building->number == failed.to) state.building.reset();
              return Status();
            }));
  AISLE_CHECK(parts_.adopt(changed));
  return parts_.generations.remove(failed.to);
}

ReindexManifest Reindexer::manifest() const {
  const std::lock_guard lock(mutex_);
  return manifest_.value_or(ReindexManifest{});
}

Status Reindexer::cancel(const std::string& who) {
  const std::lock_guard command(command_mutex_);
  const auto now = status();
  if (!now || !now->manifest.under_way())
    return fail(ErrorCode::FailedPrecondition, "no reindex is under way");
  const std::lock_guard lock(mutex_);
  cancelled_by_ = who;
  cancelled_ = true;
  interrupt_.request_stop();
  return {};
}

Result<IndexState> Reindexer::rollback(const std::string& who, const std::string& comment) {
  const std::lock_guard command(command_mutex_);
  AISLE_TRY(const auto before, parts_.store.read());
  const std::uint32_t from = before ? before->active.number : 0;
  const std::uint32_t to = before && before->previous ? before->previous->number : 0;
  const ChangeNote note{who, "rollback " + switch_text(from, to), comment};
  AISLE_TRY(IndexState changed, change_state(parts_.store, note, [&](IndexState& state) -> Status {
              if (!state.previous) {
                return fail(ErrorCode::FailedPrecondition,
                            fmt::format("generation {} is the only one: there is none to go back to",
                                        state.active.number));
              }
              if (state.previous->number != to)
                return fail(ErrorCode::Conflict, "the index has been switched meanwhile");
              std::swap(state.active, *state.previous);
              state.switched_at = utc_text(utc_now());
              return {};
            }));
  AISLE_CHECK(parts_.adopt(changed));
  const ReindexManifest now = manifest();
  if (now.to == from && now.state == ReindexState::Active) AISLE_CHECK(advance(ReindexState::RolledBack));
  if (now.to == to && now.state == ReindexState::RolledBack) AISLE_CHECK(advance(ReindexState::Active));
  return changed;
}

}  // namespace aisle
