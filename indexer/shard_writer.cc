#include "indexer/shard_writer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "indexer/local_op_log.h"
#include "indexer/shard_reader.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t read_ops_max = 512;
constexpr std::chrono::milliseconds pause_min{100};
constexpr std::chrono::milliseconds pause_max{5'000};
// how late a flush or stop may be noticed while waiting for ops
constexpr std::chrono::milliseconds poll_pending{10};
constexpr std::chrono::milliseconds poll_idle{50};

MetricLabels labels(const std::string& index, std::uint32_t shard) {
  return {{"index", index}, {"shard", std::to_string(shard)}};
}

}  // namespace

Result<std::unique_ptr<ShardWriter>> ShardWriter::open(std::shared_ptr<const IndexSchema> schema,
                                                       ShardWriterOptions options) {
  std::string index = schema->index;
  AISLE_TRY(auto store, ShardStore::open(options.folder, std::move(schema)));
  return std::unique_ptr<ShardWriter>(
      new ShardWriter(std::move(index), std::move(store), std::move(options)));
}

ShardWriter::ShardWriter(std::string index, std::unique_ptr<ShardStore> store, ShardWriterOptions options)
    : options_(std::move(options)),
      index_(std::move(index)),
      commit_duration_(metric_histogram("aisle_commit_duration_seconds", "Time to commit a shard",
                                        labels(index_, options_.shard))),
      refused_total_(metric_counter("aisle_shard_ops_refused_total", "Ops that the shard cannot hold",
                                    labels(index_, options_.shard))),
      failures_total_(metric_counter("aisle_shard_failures_total",
                                     "Shard writes that failed and were repeated",
                                     labels(index_, options_.shard))),
      store_(std::move(store)),
      pacer_(options_.pace),
      seen_(store_->position()) {
  durable_ = seen_;
  durable_seq_ = seen_.seq;
  durable_lsn_ = seen_.lsn;
  documents_ = store_->document_count();
}

ShardWriter::~ShardWriter() {
  stop();
}

void ShardWriter::start(std::shared_ptr<OpLog> log, std::function<void(Seq)> on_durable) {
  log_ = std::move(log);
  on_durable_ = std::move(on_durable);
  thread_ = std::thread([this] { run(); });
}

void ShardWriter::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  store_.reset();  // gives the folder's lock back
}

void ShardWriter::request_flush(Seq seq) {
  Seq asked = flush_seq_;
  while (asked < seq && !flush_seq_.compare_exchange_weak(asked, seq)) {
  }
}

Status ShardWriter::flush(Seq seq, Deadline deadline) {
  request_flush(seq);
  std::unique_lock lock(mutex_);
  while (durable_seq_ < seq && !ended_ && !deadline.expired()) moved_.wait_for(lock, deadline.remaining());
  if (durable_seq_ >= seq) return {};
  const std::string shard = "shard " + std::to_string(options_.shard);
  if (trouble_) return fail(trouble_->code, shard + " cannot write: " + trouble_->message);
  if (ended_) return fail(ErrorCode::Unavailable, shard + " has stopped");
  return fail(ErrorCode::DeadlineExceeded, shard + " has not committed in time");
}

Status ShardWriter::alive() const {
  const std::lock_guard lock(mutex_);
  if (!ended_) return {};
  const std::string shard = "shard " + std::to_string(options_.shard);
  return trouble_ ? fail(trouble_->code, shard + " has stopped: " + trouble_->message)
                  : fail(ErrorCode::Unavailable, shard + " has stopped");
}

ShardPosition ShardWriter::durable() const {
  const std::lock_guard lock(mutex_);
  return durable_;
}

ShardStatistics ShardWriter::statistics() const {
  const std::lock_guard lock(mutex_);
  return statistics_;
}

void ShardWriter::run() {
  while (step()) {
  }
  if (pacer_.pending()) {
    if (const Status status = commit(); !status) {
      log(LogLevel::Error, "shard.stop", "last commit failed, its changes will be read again",
          {{"shard", options_.shard}, {"error", status.error().message}});
    }
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  moved_.notify_all();
}

bool ShardWriter::flush_waits() const {
  return durable_seq_ < flush_seq_ && seen_.seq >= flush_seq_;
}

bool ShardWriter::step() {
  const auto poll = pacer_.pending() ? poll_pending : poll_idle;
  const auto wait = std::min(pacer_.wait(Clock::now()), poll);
  auto ops = log_->read(seen_.seq, read_ops_max, Deadline::after(wait));
  if (!ops) {
    if (ops.error().code == ErrorCode::Unavailable) return false;  // closed and drained
    if (ops.error().code == ErrorCode::NotFound) {
      tell(ops.error());
      return false;  // ops are missing: going on would lose them
    }
    return recover(ops.error());
  }
  const bool drained = ops->empty();
  if (const Status status = take(std::move(*ops)); !status) return recover(status.error());
  if (pacer_.due(Clock::now()) || (pacer_.pending() && flush_waits())) {
    if (const Status status = commit(); !status) return recover(status.error());
  }
  if (const Status status = serve_copy(); !status) return recover(status.error());
  return !(stopping_ && drained);
}

Result<ShardPosition> ShardWriter::copy(const std::filesystem::path& to, Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (!copy_to_.empty()) return fail(ErrorCode::Conflict, "the shard is being copied already");
  copy_to_ = to;
  copied_.reset();
  while (!copied_ && !ended_ && !deadline.expired()) moved_.wait_for(lock, deadline.remaining());
  copy_to_.clear();
  if (copied_) return *std::exchange(copied_, std::nullopt);
  return fail(ErrorCode::DeadlineExceeded, "the shard was not copied in time");
}

// Only the error of the commit is the writer's own.
Status ShardWriter::serve_copy() {
  std::filesystem::path to;
  {
    const std::lock_guard lock(mutex_);
    if (copy_to_.empty() || copied_) return {};
    to = copy_to_;
  }
  if (pacer_.pending()) AISLE_CHECK(commit());
  auto copied = copy_files(to);
  const std::lock_guard lock(mutex_);
  copied_ = std::move(copied);
  moved_.notify_all();
  return {};
}

Result<ShardPosition> ShardWriter::copy_files(const std::filesystem::path& to) const {
  std::error_code failure;
  std::filesystem::create_directories(to, failure);
  for (const auto& entry : std::filesystem::directory_iterator(options_.folder, failure)) {
    if (entry.path().filename() == "flintlock") continue;  // Xapian's lock
    if (!failure) std::filesystem::copy_file(entry.path(), to / entry.path().filename(), failure);
  }
  if (failure)
    return fail(ErrorCode::ResourceExhausted, "cannot copy to " + to.string() + ": " + failure.message());
  return store_->position();
}

Status ShardWriter::take(std::vector<SequencedOp> ops) {
  const auto now = Clock::now();
  for (SequencedOp& next : ops) {
    if (next.seq <= seen_.seq) continue;
    const std::size_t bytes = op_bytes(next.op);
    const bool content = next.op.kind != OpKind::Mark || !next.op.mark_key.empty();
    const Lsn lsn = next.op.lsn;
    const bool checks = next.op.kind == OpKind::Mark && next.op.mark_key == check_mark;
    applying_ = next.seq;
    applying_op_ = true;
    if (!refused_.contains(next.seq)) AISLE_CHECK(store_->apply(std::move(next.op)));
    applying_op_ = false;
    seen_ = {next.seq, lsn, next.point};
    pacer_.add(bytes, content, now);
    if (pacer_.due(now) || checks) AISLE_CHECK(commit());
    if (checks) check();
  }
  return {};
}

void ShardWriter::check() {
  const auto content = read_shard_content(options_.folder);
  if (!content) {
    log(LogLevel::Error, "shard.unreadable", content.error().message,
        {{"index", index_}, {"shard", options_.shard}});
  }
  const std::lock_guard lock(mutex_);
  checked_ = {seen_.seq, content.value_or(ContentCheck::unreadable)};
}

ContentCheck ShardWriter::checked() const {
  const std::lock_guard lock(mutex_);
  return checked_;
}

Status ShardWriter::commit() {
  const auto begin = Clock::now();
  AISLE_CHECK(store_->commit(seen_));
  const auto end = Clock::now();
  pacer_.committed(begin, end);
  commit_duration_.observe(std::chrono::duration<double>(end - begin).count());
  pause_ = std::chrono::milliseconds(0);
  publish();
  if (on_durable_) on_durable_(seen_.seq);
  return {};
}

void ShardWriter::publish() {
  durable_lsn_ = seen_.lsn;
  documents_ = store_->document_count();
  const std::lock_guard lock(mutex_);
  durable_seq_ = seen_.seq;
  durable_ = seen_;
  statistics_ = store_->statistics();
  trouble_.reset();
  moved_.notify_all();
}

void ShardWriter::tell(const Error& trouble) {
  const std::lock_guard lock(mutex_);
  trouble_ = trouble;
}

void ShardWriter::pause() const {
  const Deadline end = Deadline::after(pause_);
  while (!end.expired() && !stopping_) std::this_thread::sleep_for(std::min(end.remaining(), poll_idle));
}

bool ShardWriter::recover(const Error& error) {
  failures_total_.add();
  log(LogLevel::Error, "shard.failed", "writing failed, the shard is opened again",
      {{"index", index_}, {"shard", options_.shard}, {"seq", applying_}, {"error", error.message}});
  tell(error);
  if (applying_op_ && error.code == ErrorCode::InvalidArgument) {
    if (refused_.size() == refused_ops_max) return false;
    refused_.insert(applying_);
    refused_total_.add();
  } else {
    pause_ = std::clamp(pause_ * 2, pause_min, pause_max);
  }
  applying_op_ = false;
  pacer_.dropped();
  pause();
  while (!stopping_) {
    const Status opened = store_->reopen();
    if (opened) break;
    tell(opened.error());
    pause_ = std::clamp(pause_ * 2, pause_min, pause_max);
    pause();
  }
  seen_ = store_->position();
  return !stopping_;
}

}  // namespace aisle
