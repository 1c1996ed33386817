#include "indexer/postgres/feed_session.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/log.h"

namespace aisle {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds idle_wait{100};      // for a message when there is nothing else to do
constexpr std::chrono::milliseconds scan_wait{2};        // while chunks are being read
constexpr std::chrono::milliseconds idle_interval{100};  // between positions told without a change
constexpr std::chrono::seconds lag_shown{1};             // of the last change, before "nothing left" shows
constexpr std::chrono::seconds guest_step_max{1};        // a scan that gives way goes on after this
constexpr std::chrono::milliseconds visibility_slice{500};
constexpr std::chrono::milliseconds tell_interval{50};

double seconds_since_commit(std::int64_t commit_time) {
  constexpr std::int64_t unix_to_postgres = 946'684'800'000'000;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(now).count() - unix_to_postgres;
  return static_cast<double>(micros - commit_time) / 1e6;
}

}  // namespace

// Products that were asked for are asked for again in the next session.
FeedSession::~FeedSession() {
  for (const auto& target : targets_) target->target().sink->end();
  KeySet left;
  for (const auto& target : targets_) left.insert(target->repairs().begin(), target->repairs().end());
  context_.targets.give_back({left.begin(), left.end()});
}

Status FeedSession::run() {
  AISLE_CHECK(connect());
  AISLE_CHECK(prepare_source());
  bind_tables();
  AISLE_CHECK(start_stream());
  last_publication_look_ = SteadyClock::now();
  tell_state();
  while (!stop_.stop_requested() && !look_anew_ && !targets_.empty()) {
    auto status = round();
    if (status) continue;
    if (stop_.stop_requested()) break;
    if (stream_->sqlstate() == "42704")
      context_.new_slot_wanted = true;  // the slot's catalogue lacks the publication
    return status;
  }
  if (look_anew_ && !stop_.stop_requested()) keep_claim();
  return {};
}

Status FeedSession::round() {
  AISLE_CHECK(collect(has_backlog() ? std::chrono::milliseconds(0) : any_scanning() ? scan_wait : idle_wait));
  let_go();
  AISLE_CHECK(apply_window());
  AISLE_CHECK(take_wishes());
  if (has_backlog()) AISLE_CHECK(apply_backlogs());
  AISLE_CHECK(step_scans());
  for (const auto& target : targets_) AISLE_CHECK(target->repair_if_due(*connection_));
  AISLE_CHECK(look_around());
  std::size_t repairs = 0;
  for (const auto& target : targets_) repairs = std::max(repairs, target->repairs().size());
  context_.targets.set_repairs_left(repairs);
  tell_state();
  tell();
  return {};
}

// Takes messages until a whole number of transactions makes a batch: the window's time or its keys.
Status FeedSession::collect(std::chrono::milliseconds wait) {
  std::optional<SteadyClock::time_point> end;
  while (!stop_.stop_requested()) {
    AISLE_TRY(const std::optional<StreamItem> item, stream_->pop(wait));
    if (item && item->payload.empty()) {
      collector_->keepalive(item->keepalive_end);
    } else if (item) {
      AISLE_CHECK(collector_->add(item->payload));
    }
    if (collector_->in_transaction()) {
      wait = idle_wait;
      continue;
    }
    const ChangeWindow& window = collector_->window();
    if (window.transactions == 0 || window.key_count >= context_.options.batch_keys_max) return {};
    const auto now = SteadyClock::now();
    if (!end) end = now + context_.options.batch_window;
    if (now >= *end) return {};
    wait = std::chrono::ceil<std::chrono::milliseconds>(*end - now);
  }
  return {};
}

Status FeedSession::apply_window() {
  if (collector_->in_transaction()) return {};
  if (collector_->window().xids.empty()) return apply_idle();
  const ChangeWindow window = collector_->take();
  stream_->passed(window.end_lsn);
  seen_lsn_ = window.end_lsn;
  AISLE_CHECK(hold_if_truncated(window));
  AISLE_CHECK(apply_changes(window));
  window_lag_ = seconds_since_commit(window.commit_time);
  context_.board.update([&](FeedStatus& status) { status.lag_seconds = window_lag_; });
  lag_told_ = last_apply_ = SteadyClock::now();
  return {};
}

Status FeedSession::hold_if_truncated(const ChangeWindow& window) {
  if (!context_.options.hold_on_truncate) return {};
  for (const auto& target : targets_) {
    if (!target->wants(window) || !target->root_truncated(window)) continue;
    return hold("root table " + target->tables().front().name() +
                " was truncated; confirm to empty the index");
  }
  return {};
}

// All targets read in one snapshot, then the transaction ends, then the indexes take their batches.
Status FeedSession::apply_changes(const ChangeWindow& window) {
  for (const auto& target : targets_) {
    if (!target->wants(window)) continue;
    if (target->guest() && !target->target().sink->has_room()) {
      target->set_aside();
    } else {
      AISLE_CHECK(target->begin_window(window));
    }
  }
  AISLE_TRY(SnapshotTransaction transaction, begin_guarded(window.xids));
  SnapshotReads reads(*connection_, targets_.size() > 1);
  for (const auto& target : targets_) {
    if (target->refused() || target->position() != window.end_lsn) continue;
    if (target->rescan_reason(window).empty()) AISLE_CHECK(target->read_window(reads, window));
  }
  AISLE_CHECK(transaction.end());
  AISLE_CHECK(apply_reads());
  return rescan_if_needed(window);
}

// The guard has been passed: every chunk sees what made the scan needed.
Status FeedSession::rescan_if_needed(const ChangeWindow& window) {
  for (const auto& target : targets_) {
    if (target->refused() || target->position() != window.end_lsn) continue;
    const std::string reason = target->rescan_reason(window);
    if (reason.empty()) continue;
    AISLE_CHECK(target->request_scan(reason, *connection_));
    if (target->root_truncated(window)) target->allow_sweep();
  }
  return {};
}

Status FeedSession::apply_reads() {
  std::string alarm;
  for (const auto& target : targets_) {
    if (alarm.empty()) alarm = target->deletes_alarm();
  }
  if (!alarm.empty()) AISLE_CHECK(hold(alarm));
  for (const auto& target : targets_) {
    if (target->has_read()) AISLE_CHECK(target->apply_read());
  }
  alarm.clear();
  for (const auto& target : targets_) {
    if (alarm.empty() && !target->refused()) alarm = target->refused_alarm();
  }
  return alarm.empty() ? Status{} : hold(alarm);
}

// No followed row changed, yet the position moves on: told to the index so that the server may forget its
// log, and so that whoever waits for a position sees it pass.
Status FeedSession::apply_idle() {
  const Lsn end = collector_->window().end_lsn;
  const auto now = SteadyClock::now();
  if (lag_told_ && !has_backlog() && now - *lag_told_ >= lag_shown) {
    window_lag_ = 0;
    context_.board.update([](FeedStatus& status) { status.lag_seconds = 0; });
    lag_told_.reset();
  }
  if (end <= seen_lsn_ || now - last_apply_ < idle_interval) return {};
  seen_lsn_ = collector_->take().end_lsn;
  stream_->passed(seen_lsn_);
  for (const auto& target : targets_) {
    if (target->refused() || (target->guest() && !target->target().sink->has_room())) continue;
    AISLE_CHECK(target->pass(seen_lsn_));
  }
  last_apply_ = now;
  return {};
}

Status FeedSession::apply_backlogs() {
  AISLE_TRY(SnapshotTransaction transaction, begin_guarded({}));
  SnapshotReads reads(*connection_, targets_.size() > 1);
  for (const auto& target : targets_) {
    if (target->refused() || target->to_read() == 0) continue;
    AISLE_CHECK(target->read_backlog(reads));
  }
  AISLE_CHECK(transaction.end());
  return apply_reads();
}

// Waits as long as it takes: a commit that waits for its standby will be seen one day, and not before.
Result<SnapshotTransaction> FeedSession::begin_guarded(const std::vector<std::uint32_t>& xids) {
  bool told = false;
  while (!stop_.stop_requested()) {
    auto transaction = SnapshotTransaction::begin(*connection_, xids, Deadline::after(visibility_slice));
    if (transaction || transaction.error().code != ErrorCode::DeadlineExceeded || !connection_->alive()) {
      if (told) context_.board.update([](FeedStatus& status) { status.reason.clear(); });
      return transaction;
    }
    if (!std::exchange(told, true)) log(LogLevel::Warn, "feed.invisible", transaction.error().message);
    context_.board.update([&](FeedStatus& status) { status.reason = transaction.error().message; });
    let_go();
    tell();
  }
  return fail(ErrorCode::Unavailable, "the feed was stopped");
}

// The targets that serve come first: a newcomer's scan takes its turn when they are fresh, and once a second
// at the least.
Status FeedSession::step_scans() {
  const auto now = SteadyClock::now();
  const bool late =
      window_lag_ > std::chrono::duration<double>(context_.options.guest_lag_max).count() || has_backlog();
  for (const auto& target : targets_) {
    if (!target->scanning()) continue;
    if (target->guest()) {
      if (late && now - last_guest_step_ < guest_step_max) continue;
      if (!target->target().sink->has_room()) continue;
      last_guest_step_ = now;
    }
    AISLE_CHECK(target->step_scan(*connection_));
  }
  return {};
}

Status FeedSession::take_wishes() {
  if (context_.board.take_confirmation()) {
    for (const auto& target : targets_) {
      if (target->waiting_for_word().empty()) continue;
      log(LogLevel::Warn, "feed.confirmed", target->waiting_for_word());
      target->allow_sweep();
    }
  }
  const FeedWishes wishes = context_.targets.take_wishes();
  look_anew_ = look_anew_ || wishes.look_anew;
  for (const auto& target : targets_) {
    if (!target->refused()) target->add_repairs(wishes.repairs);
    if (std::ranges::count(wishes.scans, target->target().sink) == 0) continue;
    if (target->refused()) {  // the next session begins with the wish
      look_anew_ = true;
      (void)context_.targets.request_scan(*target->target().sink);
      continue;
    }
    AISLE_CHECK(target->request_scan("it was asked for", *connection_));
  }
  return {};
}

// Lets go of the targets that somebody waits to take away.
void FeedSession::let_go() {
  for (const ChangeSink* sink : context_.targets.leaving()) {
    std::erase_if(targets_, [&](const auto& target) { return target->target().sink == sink; });
    context_.last_scans.erase(sink);
    context_.guards.erase(sink);
    context_.board.forget_target(*sink);
    context_.targets.release(*sink);
    if (!targets_.empty()) targets_.front()->set_guest(false);
  }
}

bool FeedSession::any_scanning() const {
  return std::ranges::any_of(targets_, [](const auto& target) { return target->scanning(); });
}

bool FeedSession::has_backlog() const {
  return std::ranges::any_of(targets_,
                             [](const auto& target) { return !target->refused() && target->to_read() > 0; });
}

// Stops applying until somebody confirms; the stream's own thread keeps the connection alive.
Status FeedSession::hold(const std::string& reason) {
  log(LogLevel::Error, "feed.held", reason);
  context_.board.take_confirmation();
  context_.board.set_state(FeedState::Held, reason);
  state_told_ = FeedState::Held;
  while (!stop_.stop_requested()) {
    let_go();
    tell();
    if (context_.board.take_confirmation()) {
      log(LogLevel::Warn, "feed.confirmed", reason);
      for (const auto& target : targets_) target->allow();
      tell_state();
      return {};
    }
    if (!stream_->alive()) return fail(ErrorCode::Unavailable, "the replication connection ended while held");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return fail(ErrorCode::Unavailable, "the feed was stopped");
}

// Now and then, and when a followed table shows a new face: is the publication what it was, and could a
// target that was refused be followed by now?
Status FeedSession::look_around() {
  const auto now = SteadyClock::now();
  const bool due = now - last_publication_look_ >= context_.options.publication_interval;
  if (!collector_->take_relation_seen() && !due) return {};
  last_publication_look_ = now;
  if (due && !targets_.empty()) {
    AISLE_TRY(const SlotWatch slot, watch_slot(*connection_, targets_.front()->target().source().slot));
    context_.board.update([&](FeedStatus& status) { status.slot = slot; });
  }
  for (const auto& target : targets_) {
    if (!target->refused()) {
      AISLE_CHECK(target->look_at_publication(*connection_));
    } else if (due) {
      AISLE_TRY(const bool mended, target->is_mended(system_, *connection_));
      look_anew_ = look_anew_ || mended;
    }
  }
  return {};
}

// The state of the whole: that of the first target that is followed, unless one waits for a word.
void FeedSession::tell_state() {
  FeedState state = FeedState::Streaming;
  std::string reason;
  if (const TargetFeed* first = first_followed(); first != nullptr && first->scanning()) {
    state = FeedState::Scanning;
  }
  for (const auto& target : targets_) {
    if (target->waiting_for_word().empty()) continue;
    state = FeedState::Held;
    reason = target->waiting_for_word();
  }
  if (state == state_told_ && reason == reason_told_) return;
  context_.board.set_state(state, reason);
  state_told_ = state;
  reason_told_ = reason;
}

void FeedSession::tell() {
  const auto now = SteadyClock::now();
  if (now - last_told_ < tell_interval) return;
  last_told_ = now;
  const Lsn applied = context_.board.get().applied_lsn;
  if (std::exchange(progress_lsn_, applied) != applied || applied >= stream_->received())
    last_progress_ = now;
  const double silence = static_cast<double>(stream_->since_last_message().count()) / 1000.0;
  context_.board.update([&](FeedStatus& status) {
    status.received_lsn = stream_->received();
    status.confirmed_lsn = stream_->confirmed();
    status.seconds_since_server_message = silence;
    status.seconds_since_progress = std::chrono::duration<double>(now - last_progress_).count();
  });
  for (const auto& target : targets_) target->tell();
  metrics_.set(context_.board.get());
}

}  // namespace aisle
