#include "server/generation.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "indexer/postgres/full_scan.h"
#include "query/image_elsewhere.h"
#include "query/shard_loader.h"
#include "server/stoppable_wait.h"

namespace aisle {
namespace {

constexpr std::size_t ops_per_image = 20'000;         // of one step of an image
constexpr std::chrono::milliseconds stop_check{100};  // how long a waiting thread takes to see a stop
constexpr std::chrono::seconds statistics_interval{1};
constexpr std::uint64_t products_kept_min = 20'000;  // of a shard; fewer are read within half a second

constexpr std::chrono::seconds base_wanted_after{10};  // a log that does not fit may be a moment's
constexpr std::chrono::seconds served_alone_after{5};

std::int64_t steady_ns() {
  return std::chrono::steady_clock::now().time_since_epoch().count();
}

bool wants_base(const Error& trouble) {
  return trouble.message.starts_with("BASE_NEEDED") || trouble.message.starts_with("LOG_FORKED") ||
         trouble.message.starts_with("LOG_SHORT");
}

}  // namespace

Result<std::shared_ptr<Generation>> Generation::open(std::shared_ptr<ShardSet> shards,
                                                     std::unique_ptr<IndexPipeline> pipeline,
                                                     const std::filesystem::path& folder,
                                                     GenerationReplication replication) {
  std::shared_ptr<Generation> generation(new Generation(shards->manifest()));
  generation->replication_ = std::move(replication);
  generation->caught_up_ = generation->replication_.shards == nullptr;
  generation->followed_ns_ = steady_ns();
  generation->folder_ = folder;
  generation->shard_set_ = std::move(shards);
  generation->pipeline_ = std::move(pipeline);
  ShardSet& set = *generation->shard_set_;
  AISLE_TRY(generation->context_, IndexContext::create(set.schema(), folder));
  generation->shards_ = std::vector<Shard>(set.size());
  std::vector<std::filesystem::path> paths(set.size());
  for (const std::uint32_t i : set.held()) {
    // before its shard is loaded, so that no op falls between the two
    generation->shards_[i].reader.emplace(set.log(i)->register_reader());
    paths[i] = set.path(i);
  }
  AISLE_CHECK(generation->load(paths));
  // Behind the load: a writer that commits beside it would make it begin again.
  if (generation->replication_.shards) generation->replication_.shards->start();
  Generation* self = generation.get();
  for (const std::uint32_t i : set.held()) {
    self->shards_[i].applier =
        std::jthread([self, i](const std::stop_token& stop) { self->apply_ops(stop, i); });
  }
  self->statistics_keeper_ =
      std::jthread([self](const std::stop_token& stop) { self->follow_statistics(stop); });
  return generation;
}

Result<std::shared_ptr<Generation>> Generation::open_stale(const IndexFolder& folder,
                                                           std::shared_ptr<const IndexSchema> schema,
                                                           const GenerationManifest& manifest) {
  std::shared_ptr<Generation> generation(new Generation(manifest));
  generation->folder_ = folder.generation_path(manifest.generation);
  AISLE_TRY(generation->context_, IndexContext::create(std::move(schema), generation->folder_));
  generation->shards_ = std::vector<Shard>(manifest.shards);
  std::vector<std::filesystem::path> paths;
  for (std::uint32_t i = 0; i < manifest.shards; ++i) {
    paths.push_back(folder.shard_path(manifest.generation, i));
  }
  AISLE_CHECK(generation->load(paths));
  generation->caught_up_ = true;
  return generation;
}

// `shard_paths` by number, empty for those that are not held here.
Status Generation::load(const std::vector<std::filesystem::path>& shard_paths) {
  statistics_ = std::make_unique<GenerationStatistics>(
      GenerationStatistics::Place{context_->schema->index, number(), folder_ / "statistics.bin", context_},
      replication_.statistics);
  AISLE_CHECK(statistics_->load());
  const auto prepare = [this](const std::shared_ptr<const Segment>& segment) {
    statistics_->current()->prepared(segment, *context_);
  };
  std::vector<Result<std::shared_ptr<const Image>>> images(shard_paths.size());
  {
    std::vector<std::jthread> loaders;
    for (std::size_t i = 0; i < shard_paths.size(); ++i) {
      if (shard_paths[i].empty()) continue;
      loaders.emplace_back([&, i] {
        images[i] = load_image(shard_paths[i], context_);
        if (!images[i]) return;
        for (const SegmentView& view : (*images[i])->segments) prepare(view.segment);
      });
    }
  }
  for (std::size_t i = 0; i < images.size(); ++i) {
    if (shard_paths[i].empty()) continue;
    AISLE_TRY(auto image, std::move(images[i]));
    shards_[i].builder =
        std::make_unique<ImageBuilder>(context_, std::move(image), ImageBuilder::calm_usual, prepare);
  }
  if (statistics_->ready() || replicated() || !is_built()) return {};
  return statistics_->collect(view().shards);
}

Generation::~Generation() {
  close();
}

void Generation::close() {
  if (statistics_keeper_.joinable()) {
    statistics_keeper_.request_stop();
    statistics_keeper_.join();
  }
  for (Shard& shard : shards_) {
    shard.applier.request_stop();
    if (shard.applier.joinable()) shard.applier.join();
    shard.reader.reset();  // a log waits for its slowest reader
  }
  if (pipeline_) pipeline_->close();
  if (replication_.shards) replication_.shards->stop();
  if (!shard_set_) return;
  shard_set_->close();
  if (!std::exchange(images_kept_, true)) keep_images();
}

// The next start takes them instead of reading the shards. Small ones are read as fast.
void Generation::keep_images() const {
  std::vector<std::jthread> writers;
  for (std::uint32_t i = 0; i < shards(); ++i) {
    if (!shards_[i].builder) continue;  // it lies elsewhere or was never loaded
    const std::shared_ptr<const Image> image = shards_[i].builder->image();
    if (image->live() < products_kept_min) continue;
    writers.emplace_back([this, i, image] {
      const Status status = keep_image(shard_set_->path(i), *image, *context_);
      if (!status)
        log(LogLevel::Info, "image.not_kept", status.error().message, {{"index", context_->schema->index}});
    });
  }
}

GenerationRef Generation::ref() const {
  return {manifest_.generation, manifest_.shards, manifest_.schema_hash, manifest_.analyzer_version};
}

std::vector<DeadLetter> Generation::dead_letters() const {
  return pipeline_ ? pipeline_->dead_letters().list() : std::vector<DeadLetter>();
}

std::uint64_t Generation::dead_letters_total() const {
  return pipeline_ ? pipeline_->dead_letters().total() : 0;
}

void Generation::apply_ops(const std::stop_token& stop, std::uint32_t number) {
  Shard& shard = shards_[number];
  OpLog& op_log = *shard_set_->log(number);
  Seq seen = shard.builder->image()->seq;
  bool failing = false;
  while (!stop.stop_requested()) {
    auto read = op_log.read(seen, ops_per_image, Deadline::after(stop_check));
    if (!read) {
      log(LogLevel::Error, "image.log_ended", read.error().message,
          {{"index", context_->schema->index}, {"generation", this->number()}, {"shard", number}});
      return;
    }
    if (read->empty()) continue;
    std::vector<Op> ops;
    ops.reserve(read->size());
    for (SequencedOp& sequenced : *read) ops.push_back(std::move(sequenced.op));
    const Seq last = read->back().seq;
    if (const Status status = shard.builder->apply(ops, last); !status) {
      failing = true;
      set_problem("the image cannot follow: " + status.error().message);
      stoppable_wait(stop,
                     std::chrono::seconds(1));  // the disk may have room again: the ops are still in the log
      continue;
    }
    if (std::exchange(failing, false)) set_problem("");
    seen = last;
    shard.reader->release(seen);
    const std::lock_guard lock(moved_mutex_);
    moved_.notify_all();
  }
}

bool Generation::is_built() const {
  if (!shard_set_) return false;
  const auto scanned = shard_set_->mark(scan_mark);
  const auto imported = file_mark_value();
  return (scanned && *scanned == "done") || (imported && !imported->empty());
}

Result<std::string> Generation::file_mark_value() const {
  if (!shard_set_) return std::string();
  return shard_set_->mark(std::string(file_mark));
}

Result<FileImportReport> Generation::import(const std::filesystem::path& file,
                                            const FileImportOptions& options) {
  if (!pipeline_) {
    return fail(ErrorCode::FailedPrecondition,
                "generation " + std::to_string(number()) + " takes no changes: run aisle reindex");
  }
  AISLE_TRY(FileImportReport report, import_file(file, *pipeline_, options));
  AISLE_CHECK(settle(Deadline::after(std::chrono::minutes(10))));
  return report;
}

Status Generation::catch_up(Deadline deadline) const {
  if (!shard_set_) return {};
  for (const std::uint32_t i : shard_set_->held()) {
    const Seq wanted = shard_set_->log(i)->tail();
    std::unique_lock lock(moved_mutex_);
    const auto there = [&] { return shards_[i].builder->image()->seq >= wanted; };
    if (!moved_.wait_until(lock, deadline.time(), there)) {
      return fail(ErrorCode::DeadlineExceeded, "the image is still behind its op log");
    }
  }
  return {};
}

bool Generation::wait_for_lsn(Lsn lsn, Deadline deadline) const {
  const auto there = [&] {
    return std::ranges::all_of(
        shards_, [&](const Shard& shard) { return !shard.builder || shard.builder->image()->lsn >= lsn; });
  };
  if (there()) return true;
  std::unique_lock lock(moved_mutex_);
  return moved_.wait_until(lock, deadline.time(), there);
}

Status Generation::settle(Deadline deadline) {
  AISLE_CHECK(catch_up(deadline));
  return statistics_->collect(view().shards);
}

void Generation::follow_statistics(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    stoppable_wait(stop, statistics_interval);
    if (replicated()) watch_logs();
    Status status;
    if (replicated()) status = statistics_->take(view().shards);
    if (status && (!replicated() || leads())) status = keep_statistics();
    if (!status && status.error().code != ErrorCode::Unavailable) {
      log(LogLevel::Error, "statistics.failed", status.error().message,
          {{"index", context_->schema->index}, {"generation", number()}});
    }
  }
}

// They are collected when the first build ends, and again when the catalogue has changed by a tenth.
Status Generation::keep_statistics() {
  const bool ready = statistics_->ready();
  const std::uint64_t known = statistics_->current()->documents();
  const std::uint64_t live = view().live();
  const std::uint64_t change = known > live ? known - live : live - known;
  const bool first = !ready && is_built();
  if (!first && (!ready || change * 10 <= known)) return replicated() ? statistics_->offer() : Status();
  if (first) AISLE_CHECK(catch_up(Deadline::after(std::chrono::minutes(1))));
  return statistics_->collect(view().shards);
}

// A node whose cluster does not answer serves what it has on disk.
void Generation::watch_logs() {
  const auto trouble = replication_.shards->trouble();
  if (!trouble) followed_ns_ = steady_ns();
  base_wanted_ = trouble && wants_base(*trouble) && seconds_in_trouble() > base_wanted_after.count();
  const bool alone = trouble && trouble->code == ErrorCode::Unavailable && statistics_->ready() &&
                     seconds_in_trouble() > served_alone_after.count();
  if (alone || replication_.shards->caught_up()) caught_up_ = true;
}

double Generation::seconds_in_trouble() const {
  if (!replication_.shards || !replication_.shards->trouble()) return 0;
  return static_cast<double>(steady_ns() - followed_ns_) / 1e9;
}

GenerationPresence Generation::presence() const {
  GenerationPresence presence{
      .number = number(), .ready = ready(), .statistics = statistics_->hashes(), .shards = {}};
  if (!replication_.shards) return presence;
  presence.shards = replication_.shards->presence();
  for (const std::uint32_t i : shard_set_->held())
    presence.shards[i].applied = shards_[i].builder->image()->seq;
  return presence;
}

void Generation::set_problem(std::string problem) {
  problem_.set(std::make_shared<const std::string>(std::move(problem)));
}

std::string Generation::problem() const {
  const auto trouble = replication_.shards ? replication_.shards->trouble() : std::nullopt;
  if (trouble) return trouble->message;
  const auto problem = problem_.get();
  return problem ? *problem : "";
}

View Generation::view() const {
  View view{.context = context_, .shards = {}, .statistics = statistics_->current(), .generation = number()};
  for (const Shard& shard : shards_)
    view.shards.push_back(shard.builder ? shard.builder->image() : image_elsewhere());
  return view;
}

View Generation::view(std::string_view statistics) const {
  View pinned = view();
  if (auto found = statistics_->find(statistics)) pinned.statistics = std::move(found);
  return pinned;
}

SegmentBytes image_bytes(const View& view) {
  SegmentBytes total;
  for (const auto& image : view.shards) {
    for (const SegmentView& segment : image->segments) {
      const SegmentBytes some = bytes_of(*segment.segment);
      total.ids += some.ids;
      total.terms += some.terms;
      total.postings += some.postings;
      total.lengths += some.lengths;
      total.forward += some.forward;
      const PreparedSegment& prepared = *view.statistics->prepared(segment.segment, *view.context);
      total.terms += prepared.term_bytes();
      total.postings += prepared.beginning_bytes();
      total.forward += prepared.head_bytes() + prepared.name_bytes();
      total.columns += some.columns;
      total.stored_memory += some.stored_memory;
      total.stored_file += some.stored_file;
    }
  }
  return total;
}

}  // namespace aisle
