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

PostgresFeed::PostgresFeed(const IndexSchema& schema, ChangeSink& sink, FeedOptions options)
    : schema_(schema), sink_(sink), options_(std::move(options)), board_(std::make_unique<StatusBoard>()) {}
PostgresFeed::~PostgresFeed() = default;

FeedStatus PostgresFeed::status() const {
  return board_->get();
}
void PostgresFeed::confirm() {
  board_->confirm();
}

Status PostgresFeed::run(std::stop_token stop) {
  const auto* source = std::get_if<PostgresSource>(&schema_.source);
  if (source == nullptr)
    return fail(ErrorCode::InvalidArgument, "index " + schema_.index + " has no PostgreSQL source");
  AISLE_CHECK(check_conninfo(options_.connection.empty() ? source->connection : options_.connection));
  SessionContext context{schema_, *source, sink_, options_, *board_};
  const FeedMetrics metrics(schema_.index);
  std::chrono::milliseconds wait = reconnect_min;
  std::string last_message;
  while (!stop.stop_requested()) {
    context.failure_state = FeedState::Reconnecting;
    const auto begun = std::chrono::steady_clock::now();
    const Status status = FeedSession(context, stop).run();
    if (status || stop.stop_requested()) break;
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
