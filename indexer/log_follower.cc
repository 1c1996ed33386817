#include "indexer/log_follower.h"

#include <condition_variable>
#include <utility>

#include "base/log.h"

namespace aisle {
namespace {

constexpr std::size_t read_ops = 5'000;
constexpr std::chrono::milliseconds read_wait{200};  // how late a stop may be noticed
constexpr std::chrono::milliseconds room_wait{100};
constexpr std::chrono::milliseconds retry_wait{1'000};

}  // namespace

LogFollower::LogFollower(std::shared_ptr<OpLog> source, std::shared_ptr<LocalOpLog> target, std::string name)
    : source_(std::move(source)),
      target_(std::move(target)),
      name_(std::move(name)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

LogFollower::~LogFollower() {
  thread_.request_stop();
  thread_.join();
}

std::optional<Error> LogFollower::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void LogFollower::tell(std::optional<Error> trouble) {
  const std::lock_guard lock(mutex_);
  if (trouble && (!trouble_ || trouble_->message != trouble->message)) {
    aisle::log(LogLevel::Warn, "log.trouble", trouble->message, {{"log", name_}});
  }
  if (!trouble && trouble_)
    aisle::log(LogLevel::Info, "log.followed", "the log is followed again", {{"log", name_}});
  trouble_ = std::move(trouble);
}

void LogFollower::run(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  while (!stop.stop_requested()) {
    const Status status = step();
    tell(status ? std::nullopt : std::optional<Error>(status.error()));
    if (status) continue;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, retry_wait, [] { return false; });
  }
}

Status LogFollower::step() {
  if (!target_->wait_for_room(read_ops, 0, Deadline::after(room_wait))) return {};
  AISLE_TRY(auto ops, source_->read(target_->tail(), read_ops, Deadline::after(read_wait)));
  const bool all = ops.size() < read_ops;
  AISLE_CHECK(target_->take(std::move(ops)));
  if (all) caught_up_ = true;
  return {};
}

}  // namespace aisle
