#include "server/index_service.h"

#include <algorithm>
#include <thread>

#include "base/file.h"
#include "base/log.h"
#include "indexer/postgres/root_table.h"
#include "query/shard_loader.h"

namespace aisle {
namespace {

constexpr std::size_t ops_per_image = 20'000;         // of one step of an image
constexpr std::chrono::milliseconds stop_check{100};  // how long a waiting thread takes to see a stop
constexpr std::chrono::seconds statistics_interval{1};
constexpr std::chrono::seconds file_interval{1};
constexpr const char* scan_mark = "scan_cursor";

std::filesystem::path statistics_file(const std::filesystem::path& folder) {
  return folder / "statistics.bin";
}

// For the number of shards of a new index: what the source seems to hold, 0 when it does not tell.
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

// Sleeps, but not beyond a stop.
void wait(const std::stop_token& stop, std::chrono::milliseconds span) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait_for(lock, stop, span, [] { return false; });
}

}  // namespace

Result<std::unique_ptr<IndexService>> IndexService::open(const IndexConfig& config,
                                                         const std::filesystem::path& data) {
  std::unique_ptr<IndexService> service(new IndexService(config));
  AISLE_TRY(const auto schema, IndexSchema::load(config.schema));
  AISLE_TRY(service->folder_, IndexFolder::acquire(data, schema->index));
  AISLE_TRY(const std::vector<std::uint32_t> generations, service->folder_->generations());
  ShardSetOptions options;
  options.shards = config.shards;
  if (generations.empty() && config.shards == 0)
    options.products_estimate = estimate_products(*schema, config);
  if (!generations.empty()) options.generation = generations.back();
  AISLE_TRY(service->shard_set_, ShardSet::open(service->folder_, schema, options));
  AISLE_TRY(service->pipeline_, IndexPipeline::open(service->shard_set_, {}));
  AISLE_TRY(service->context_, IndexContext::create(schema, service->folder()));
  service->register_metrics();
  AISLE_CHECK(service->open_shards());
  return service;
}

// Registers as a reader of each log before its shard is loaded, so that no op falls between the two.
Status IndexService::open_shards() {
  const std::uint32_t count = shard_set_->size();
  shards_ = std::vector<Shard>(count);
  std::vector<Result<std::shared_ptr<const Image>>> images(count);
  {
    std::vector<std::jthread> loaders;
    for (std::uint32_t i = 0; i < count; ++i) {
      shards_[i].reader.emplace(shard_set_->log(i)->register_reader());
      loaders.emplace_back([&, i] { images[i] = load_image(shard_set_->path(i), context_); });
    }
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    AISLE_TRY(auto image, std::move(images[i]));
    shards_[i].builder = std::make_unique<ImageBuilder>(context_, std::move(image));
  }
  if (const auto saved = read_file(statistics_file(folder())); saved) {
    AISLE_TRY(auto statistics, Statistics::decode(*saved));
    statistics_.set(std::move(statistics));
    built_ = true;
  } else if (saved.error().code == ErrorCode::NotFound) {
    statistics_.set(Statistics::collect({}, schema().fields.size()));
    if (is_built()) AISLE_CHECK(refresh_statistics());
  } else {
    return tl::unexpected<Error>(saved.error());
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    shards_[i].applier = std::jthread([this, i](const std::stop_token& stop) { apply_ops(stop, i); });
  }
  return {};
}

IndexService::~IndexService() {
  stop();
}

void IndexService::register_metrics() {
  const MetricLabels labels = {{"index", schema().index}};
  metrics_ =
      Metrics{metric_histogram("aisle_search_duration_seconds", "Time of a search without HTTP", labels),
              metric_counter("aisle_search_zero_results_total", "Searches that found nothing", labels),
              metric_gauge("aisle_index_documents", "Searchable products", labels),
              metric_gauge("aisle_image_bytes", "Memory of the searchable image", labels),
              metric_gauge("aisle_indexing_lag_seconds", "How old the searchable products may be", labels)};
}

void IndexService::count_search(double seconds, std::uint64_t total) const {
  metrics_->search_seconds.observe(seconds);
  if (total == 0) metrics_->zero_results.add();
}

void IndexService::publish_metrics() const {
  metrics_->documents.set(static_cast<double>(view().live()));
  metrics_->image_bytes.set(static_cast<double>(image_bytes().memory()));
  metrics_->lag_seconds.set(lag_ms() / 1000);
}

double IndexService::lag_ms() const {
  return feed_ ? feed_->status().lag_seconds * 1000 : 0;
}

void IndexService::start() {
  statistics_keeper_ = std::jthread([this](const std::stop_token& stop) { follow_statistics(stop); });
  if (const auto* file = std::get_if<FileSource>(&schema().source)) {
    source_ =
        std::jthread([this, path = file->path](const std::stop_token& stop) { follow_file(stop, path); });
  } else if (std::holds_alternative<PostgresSource>(schema().source)) {
    FeedOptions options;
    options.connection = config_.connection;
    options.create_missing = config_.create_missing;
    feed_ = std::make_unique<PostgresFeed>(FeedTarget{context_->schema, pipeline_.get()}, options);
    source_ = std::jthread([this](const std::stop_token& stop) {
      if (const Status status = feed_->run(stop); !status) {
        set_problem(status.error().message);
        log(LogLevel::Error, "feed.ended", status.error().message, {{"index", schema().index}});
      }
    });
  }
}

void IndexService::stop() {
  if (source_.joinable()) {
    source_.request_stop();
    source_.join();
  }
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
}

void IndexService::apply_ops(const std::stop_token& stop, std::uint32_t number) {
  Shard& shard = shards_[number];
  OpLog& op_log = *shard_set_->log(number);
  Seq seen = shard.builder->image()->seq;
  while (!stop.stop_requested()) {
    auto read = op_log.read(seen, ops_per_image, Deadline::after(stop_check));
    if (!read) {
      log(LogLevel::Error, "image.log_ended", read.error().message,
          {{"index", schema().index}, {"shard", number}});
      return;
    }
    if (read->empty()) continue;
    std::vector<Op> ops;
    ops.reserve(read->size());
    for (SequencedOp& sequenced : *read) ops.push_back(std::move(sequenced.op));
    const Seq last = read->back().seq;
    if (const Status status = shard.builder->apply(ops, last); !status) {
      set_problem("the image cannot follow: " + status.error().message);
      wait(stop, std::chrono::seconds(1));  // the disk may have room again: the same ops are still in the log
      continue;
    }
    seen = last;
    shard.reader->release(seen);
  }
}

bool IndexService::is_built() const {
  const auto scanned = pipeline_->mark(scan_mark);
  const auto imported = pipeline_->mark(std::string(file_mark));
  return (scanned && *scanned == "done") || (imported && !imported->empty());
}

void IndexService::follow_file(const std::stop_token& stop, const std::filesystem::path& path) {
  std::string failed;  // fingerprint of a file that could not be read: tried again when it changes
  while (!stop.stop_requested()) {
    const auto found = file_fingerprint(path);
    if (!found) {
      set_problem(found.error().message);
    } else if (const auto known = pipeline_->mark(std::string(file_mark));
               *found != failed && known && *known != *found) {
      FileImportOptions options;
      options.id_field = schema().id_field;
      const auto report = import(path, options);
      set_problem(report ? (report->errors.empty() ? "" : report->errors.front()) : report.error().message);
      failed = report ? "" : *found;
    }
    wait(stop, file_interval);
  }
}

Result<FileImportReport> IndexService::import(const std::filesystem::path& file,
                                              const FileImportOptions& options) {
  AISLE_TRY(FileImportReport report, import_file(file, *pipeline_, options));
  AISLE_CHECK(catch_up(Deadline::after(std::chrono::minutes(10))));
  AISLE_CHECK(refresh_statistics());
  return report;
}

Status IndexService::catch_up(Deadline deadline) const {
  for (std::uint32_t i = 0; i < shards_.size(); ++i) {
    const Seq wanted = shard_set_->log(i)->tail();
    while (shards_[i].builder->image()->seq < wanted) {
      if (deadline.expired())
        return fail(ErrorCode::DeadlineExceeded, "the image is still behind its op log");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return {};
}

Status IndexService::refresh_statistics() {
  const View now = view();
  auto statistics = Statistics::collect(now.shards, schema().fields.size());
  AISLE_CHECK(write_file_atomically(statistics_file(folder()), statistics->encode()));
  log(LogLevel::Info, "statistics.collected", "scores use new term statistics",
      {{"index", schema().index}, {"products", statistics->documents()}, {"version", statistics->hash()}});
  statistics_.set(std::move(statistics));
  built_ = true;
  return {};
}

// Statistics are collected when the first build ends, and again when the catalogue has changed by a tenth.
void IndexService::follow_statistics(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    wait(stop, statistics_interval);
    const std::uint64_t known = statistics_.get()->documents();
    const std::uint64_t live = view().live();
    const std::uint64_t change = known > live ? known - live : live - known;
    const bool first = !built_ && is_built();
    if (!first && (!built_ || change * 10 <= known)) continue;
    Status status = first ? catch_up(Deadline::after(std::chrono::minutes(1))) : Status();
    if (status) status = refresh_statistics();
    if (!status)
      log(LogLevel::Error, "statistics.failed", status.error().message, {{"index", schema().index}});
  }
}

void IndexService::set_problem(std::string problem) {
  problem_.set(std::make_shared<const std::string>(std::move(problem)));
}

View IndexService::view() const {
  View view{.context = context_,
            .shards = {},
            .statistics = statistics_.get(),
            .generation = shard_set_->manifest().generation};
  for (const Shard& shard : shards_) view.shards.push_back(shard.builder->image());
  return view;
}

IndexStatus IndexService::status() const {
  IndexStatus status;
  const View now = view();
  status.index = schema().index;
  status.products = now.live();
  status.shards = shard_set_->size();
  status.ready = built_;
  status.source = feed_ ? "postgres" : "file";
  status.lsn = now.lsn();
  status.dead_letters = pipeline_->dead_letters().total();
  if (const auto problem = problem_.get()) status.problem = *problem;
  if (feed_) {
    status.feed = feed_->status();
    status.lag_ms = lag_ms();
    if (status.problem.empty()) status.problem = status.feed->reason;
  }
  return status;
}

SegmentBytes IndexService::image_bytes() const {
  SegmentBytes total;
  for (const auto& image : view().shards) {
    for (const SegmentView& segment : image->segments) {
      const SegmentBytes some = bytes_of(*segment.segment);
      total.ids += some.ids;
      total.terms += some.terms;
      total.postings += some.postings;
      total.lengths += some.lengths;
      total.forward += some.forward;
      total.columns += some.columns;
      total.stored_memory += some.stored_memory;
      total.stored_file += some.stored_file;
    }
  }
  return total;
}

}  // namespace aisle
