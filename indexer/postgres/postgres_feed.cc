#include "indexer/postgres/postgres_feed.h"

#include <algorithm>
#include <condition_variable>

#include "base/log.h"
#include "indexer/postgres/feed_metrics.h"
#include "indexer/postgres/feed_session.h"

namespace aisle {
namespace {

constexpr std::chrono::milliseconds reconnect_min{50};
constexpr std::chrono::seconds lasting_session{10};  // one that ended sooner makes the next wait longer

}  // namespace

std::string_view state_name(FeedState state) {
  switch (state) {
    case FeedState::Starting:
      return "starting";
    case FeedState::Refused:
      return "refused";
    case FeedState::WaitingForSlot:
      return "waiting_for_slot";
    case FeedState::Reconnecting:
      return "reconnecting";
    case FeedState::Scanning:
      return "scanning";
    case FeedState::Streaming:
      return "streaming";
    case FeedState::Held:
      return "held";
    case FeedState::Stopped:
      return "stopped";
  }
  return "unknown";
}

PostgresFeed::PostgresFeed(FeedTarget first, FeedOptions options)
    : first_(first), options_(std::move(options)), targets_(first), board_(std::make_unique<StatusBoard>()) {
  board_->update_target(*first.sink, [](TargetStatus&) {});
}
PostgresFeed::~PostgresFeed() = default;

Status PostgresFeed::add_target(FeedTarget target) {
  return targets_.add(std::move(target));
}
void PostgresFeed::remove_target(const ChangeSink& sink) {
  targets_.remove(sink);
  board_->forget_target(sink);
}
Status PostgresFeed::request_scan(const ChangeSink& sink) {
  return targets_.request_scan(sink);
}
Status PostgresFeed::repair(std::vector<std::string> ids) {
  return targets_.repair(std::move(ids));
}
FeedStatus PostgresFeed::status() const {
  FeedStatus status = board_->get();
  status.repairs = targets_.repairs_left();
  return status;
}
void PostgresFeed::confirm() {
  board_->confirm();
}

// The session is gone before its targets are released.
Status PostgresFeed::run_session(SessionContext& context, const std::stop_token& stop) {
  const std::vector<FeedTarget> targets = targets_.begin_session();
  Status status;
  if (!targets.empty()) {
    FeedSession session(context, targets, stop);
    status = session.run();
  }
  targets_.end_session();
  if (targets.empty()) wait_before_retry(stop, reconnect_min);
  return status;
}

Status PostgresFeed::run(std::stop_token stop) {
  const auto* source = std::get_if<PostgresSource>(&first_.schema->source);
  if (source == nullptr)
    return fail(ErrorCode::InvalidArgument, "index " + first_.schema->index + " has no PostgreSQL source");
  AISLE_CHECK(check_conninfo(options_.connection.empty() ? source->connection : options_.connection));
  SessionContext context{targets_, options_, *board_};
  const FeedMetrics metrics(first_.schema->index);
  std::chrono::milliseconds wait = reconnect_min;
  std::string last_message;
  while (!stop.stop_requested()) {
    context.failure_state = FeedState::Reconnecting;
    const auto begun = std::chrono::steady_clock::now();
    const Status status = run_session(context, stop);
    if (stop.stop_requested()) break;
    if (status) continue;  // the targets have changed
    board_->set_lost(context.failure_state, status.error().message);
    metrics.set(board_->get());
    if (std::exchange(last_message, status.error().message) != status.error().message) {
      log(LogLevel::Warn, "feed.reconnect", status.error().message);
    }
    const bool lasted = std::chrono::steady_clock::now() - begun > lasting_session;
    wait = lasted ? reconnect_min : std::min(wait * 2, options_.reconnect_max);
    wait_before_retry(stop, wait);
  }
  board_->set_state(FeedState::Stopped);
  return {};
}

void PostgresFeed::wait_before_retry(const std::stop_token& stop, std::chrono::milliseconds wait) const {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, wait, [] { return false; });
}

}  // namespace aisle
