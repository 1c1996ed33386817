#include "server/source_follower.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "indexer/postgres/full_scan.h"
#include "indexer/postgres/root_table.h"
#include "server/stoppable_wait.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds file_interval{1};
constexpr std::chrono::seconds flush_wait{1};

}  // namespace

SourceFollower::~SourceFollower() {
  stop();
}

Status SourceFollower::add(const std::shared_ptr<Generation>& generation) {
  const std::lock_guard changing(change_mutex_);
  if (!generation->fed()) return {};
  const std::uint32_t number = generation->number();
  if (std::holds_alternative<PostgresSource>(generation->schema()->source)) return add_to_feed(generation);
  if (!std::holds_alternative<FileSource>(generation->schema()->source)) return {};
  const std::lock_guard lock(mutex_);
  if (files_.contains(number)) return {};
  auto follower = std::make_shared<FileFollower>();
  follower->generation = generation;
  follower->thread =
      std::jthread([raw = follower.get()](const std::stop_token& stop) { follow_file(stop, *raw); });
  files_.emplace(number, std::move(follower));
  return {};
}

Status SourceFollower::add_to_feed(const std::shared_ptr<Generation>& generation) {
  FeedTarget target{generation->schema(), generation->sink()};
  if (const auto running = feed()) {
    if (running->generations.contains(generation->number())) return {};
    AISLE_CHECK(running->feed->add_target(target));
    const std::lock_guard lock(mutex_);
    running->generations.emplace(generation->number(), generation);
    return {};
  }
  FeedOptions options;
  options.connection = config_.connection;
  options.create_missing = config_.create_missing;
  if (generation->replicated()) options.reconnect_max = std::chrono::seconds(1);  // who stands by is quick
  auto made = std::make_shared<Feed>();
  made->feed = std::make_unique<PostgresFeed>(std::move(target), options);
  made->generations.emplace(generation->number(), generation);
  const std::lock_guard lock(mutex_);
  feed_problem_.clear();
  feed_ = std::move(made);
  if (begun_) run(*feed_);
  return {};
}

void SourceFollower::begin() {
  const std::lock_guard changing(change_mutex_);
  const std::lock_guard lock(mutex_);
  if (!std::exchange(begun_, true) && feed_) run(*feed_);
}

void SourceFollower::run(Feed& feed) {
  const std::string index = feed.generations.begin()->second->schema()->index;
  if (kept_) (void)feed.feed->repair(kept_->ids());  // no more than were let in before
  feed.thread = std::jthread(
      [this, raw = feed.feed.get(), index](const std::stop_token& stop) { run_feed(stop, *raw, index); });
}

void SourceFollower::run_feed(const std::stop_token& stop, PostgresFeed& feed, const std::string& index) {
  const Status status = feed.run(stop);
  if (status) return;
  log(LogLevel::Error, "feed.ended", status.error().message, {{"index", index}});
  const std::lock_guard lock(mutex_);
  feed_problem_ = status.error().message;
}

void SourceFollower::remove(std::uint32_t generation) {
  const std::lock_guard changing(change_mutex_);
  std::shared_ptr<FileFollower> file;
  std::shared_ptr<Feed> last;  // of which nobody is left
  const auto running = feed();
  if (running && running->generations.contains(generation)) {
    const auto leaving = running->generations.at(generation);
    if (running->generations.size() > 1) running->feed->remove_target(*leaving->sink());
    const std::lock_guard lock(mutex_);
    running->generations.erase(generation);
    if (running->generations.empty()) last = std::exchange(feed_, nullptr);
  }
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = files_.find(generation); found != files_.end()) {
      file = std::move(found->second);
      files_.erase(found);
    }
  }
  for (std::jthread* thread : {last ? &last->thread : nullptr, file ? &file->thread : nullptr}) {
    if (thread == nullptr) continue;
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
}

void SourceFollower::stop() {
  std::vector<std::uint32_t> numbers;
  {
    const std::lock_guard lock(mutex_);
    if (feed_) feed_->thread.request_stop();  // all end at the same time
    for (const auto& [number, follower] : files_) {
      follower->thread.request_stop();
      numbers.push_back(number);
    }
  }
  if (const auto running = feed()) {
    if (running->thread.joinable()) running->thread.join();
    const std::lock_guard lock(mutex_);
    feed_.reset();
  }
  for (const std::uint32_t number : numbers) remove(number);
}

void SourceFollower::follow_file(const std::stop_token& stop, FileFollower& follower) {
  const auto path = std::get<FileSource>(follower.generation->schema()->source).path;
  std::string failed;  // fingerprint of a file that could not be read: tried again when it changes
  while (!stop.stop_requested()) {
    import_when_changed(follower, path, failed);
    stoppable_wait(stop, file_interval);
  }
}

void SourceFollower::import_when_changed(FileFollower& follower, const std::filesystem::path& path,
                                         std::string& failed) {
  const auto tell = [&](std::string problem) {
    follower.problem.set(std::make_shared<const std::string>(std::move(problem)));
  };
  const auto found = file_fingerprint(path);
  if (!found) return tell(found.error().message);
  const auto known = follower.generation->file_mark_value();
  if (*found == failed || !known || *known == *found) return;
  FileImportOptions options;
  options.id_field = follower.generation->schema()->id_field;
  options.progress = [&](const FileImportProgress& progress) { follower.records = progress.records; };
  follower.importing = true;
  const auto report = follower.generation->import(path, options);
  tell(report ? (report->errors.empty() ? "" : report->errors.front()) : report.error().message);
  failed = report ? "" : *found;
  follower.importing = false;
}

std::shared_ptr<SourceFollower::Feed> SourceFollower::feed() const {
  const std::lock_guard lock(mutex_);
  return feed_;
}

Result<std::shared_ptr<SourceFollower::Feed>> SourceFollower::require_feed() const {
  if (auto running = feed()) return running;
  return fail(ErrorCode::FailedPrecondition, "the index follows no PostgreSQL database");
}

SourceProgress SourceFollower::progress(const Generation& generation) const {
  {
    const std::lock_guard lock(mutex_);
    if (const auto file = files_.find(generation.number()); file != files_.end())
      return file_progress(*file->second);
  }
  return feed_progress(generation);
}

SourceProgress SourceFollower::file_progress(const FileFollower& follower) {
  SourceProgress progress;
  progress.products = follower.records;
  if (follower.importing) progress.stage = "importing";
  if (const auto problem = follower.problem.get()) progress.problem = *problem;
  const auto path = std::get<FileSource>(follower.generation->schema()->source).path;
  const auto found = file_fingerprint(path);
  const auto known = follower.generation->file_mark_value();
  progress.current = found && known && *found == *known && !follower.importing;
  progress.failed = !progress.problem.empty() && !progress.current && !follower.importing;
  return progress;
}

// Of a generation that another member of the cluster feeds: what has come to its shards.
SourceProgress SourceFollower::followed_progress(const Generation& generation, const Feed& feed) const {
  SourceProgress progress;
  if (const auto mark = generation.shard_set()->mark(scan_mark)) progress.stage = *mark;
  Lsn furthest = 0;
  const std::lock_guard lock(mutex_);
  for (const auto& [number, other] : feed.generations) furthest = std::max(furthest, other->view().lsn());
  progress.current = progress.stage == "done" && generation.view().lsn() >= furthest;
  return progress;
}

SourceProgress SourceFollower::feed_progress(const Generation& generation) const {
  SourceProgress progress;
  const auto running = feed();
  if (!running) return progress;
  if (generation.replicated() && !generation.leads()) return followed_progress(generation, *running);
  {
    const std::lock_guard lock(mutex_);
    progress.problem = feed_problem_;
    progress.failed = !feed_problem_.empty();
  }
  const FeedStatus status = running->feed->status();
  const auto target = std::ranges::find(status.targets, generation.sink(), &TargetStatus::sink);
  if (target == status.targets.end()) return progress;
  progress.stage = target->scan;
  progress.products = target->scanned_products;
  progress.estimate = static_cast<std::uint64_t>(std::max(0.0, target->scan_estimate));
  if (progress.problem.empty()) progress.problem = target->reason;
  const auto furthest = std::ranges::max(status.targets, {}, &TargetStatus::applied_lsn);
  progress.current =
      target->scan == "done" && target->backlog == 0 && target->applied_lsn >= furthest.applied_lsn;
  return progress;
}

std::optional<FeedStatus> SourceFollower::feed_status() const {
  const auto running = feed();
  if (!running) return std::nullopt;
  return running->feed->status();
}

double SourceFollower::lag_seconds() const {
  const auto running = feed();
  return running ? running->feed->status().lag_seconds : 0;
}

Status SourceFollower::confirm() {
  AISLE_TRY(const auto running, require_feed());
  running->feed->confirm();
  return {};
}

Status SourceFollower::resync(const Generation& generation) {
  AISLE_TRY(const auto running, require_feed());
  return running->feed->request_scan(*generation.sink());
}

Status SourceFollower::repair(std::vector<std::string> ids) {
  AISLE_TRY(const auto running, require_feed());
  AISLE_CHECK(running->feed->repair(ids));
  return kept_ ? kept_->add(ids) : Status();
}

// First what is kept, then what is left to read: one that is asked for in between is left.
void SourceFollower::tend_repairs() {
  const std::size_t known = kept_ ? kept_->ids().size() : 0;
  const auto running = feed();
  if (known == 0 || !running || running->feed->status().repairs > 0) return;
  std::vector<std::shared_ptr<Generation>> generations;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, generation] : running->generations) generations.push_back(generation);
  }
  for (const auto& generation : generations) {
    if (!generation->flush(Deadline::after(flush_wait))) return;
  }
  kept_->forget(known);
}

std::uint64_t estimate_products(const IndexSchema& schema, const IndexConfig& config) {
  constexpr std::uint64_t record_bytes = 150;  // of a short record; packed ones are a quarter of it
  if (const auto* file = std::get_if<FileSource>(&schema.source)) {
    std::error_code missing;
    const std::uint64_t bytes = std::filesystem::file_size(file->path, missing);
    return missing ? 0 : bytes / (file->path.extension() == ".gz" ? record_bytes / 4 : record_bytes);
  }
  const auto* source = std::get_if<PostgresSource>(&schema.source);
  if (source == nullptr) return 0;
  const auto rows =
      estimate_rows(*source, config.connection.empty() ? source->connection : config.connection);
  if (!rows) log(LogLevel::Warn, "index.no_estimate", rows.error().message, {{"index", schema.index}});
  return rows ? static_cast<std::uint64_t>(*rows) : 0;
}

}  // namespace aisle
