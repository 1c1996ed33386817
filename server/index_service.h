// One index, alive: its source feeds the shards, the shards' ops feed the images, searches read the images.
//
//   PostgreSQL | file --ChangeSink--> pipeline --op logs--> shard writers (disk)
//                                              \----------> image builders (RAM) --> view()
#pragma once
#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/metrics.h"
#include "base/snapshot.h"
#include "indexer/file_source.h"
#include "indexer/index_pipeline.h"
#include "indexer/postgres/postgres_feed.h"
#include "query/image_builder.h"
#include "query/search.h"
#include "server/service_config.h"

namespace aisle {

struct IndexStatus {
  std::string index;
  std::uint64_t products = 0;
  std::uint32_t shards = 0;
  bool ready = false;  // the first build is complete
  std::string source;  // "postgres" or "file"
  std::optional<FeedStatus> feed;
  std::string problem;  // of the source, for people; "" = none
  std::uint64_t dead_letters = 0;
  Lsn lsn = 0;
  double lag_ms = 0;  // how old the index may be: FeedStatus::lag_seconds
};

// open(), start(), stop() from one thread; the rest is thread-safe.
class IndexService {
 public:
  // Opens or creates the index below `data` and loads its images. Errors: of IndexPipeline::open and
  // load_image.
  static Result<std::unique_ptr<IndexService>> open(const IndexConfig& config,
                                                    const std::filesystem::path& data);
  ~IndexService();
  IndexService(const IndexService&) = delete;
  IndexService& operator=(const IndexService&) = delete;

  // Follows the source from now on.
  void start();
  // Commits what was applied and ends all threads.
  void stop();

  View view() const;
  IndexStatus status() const;
  bool is_ready() const { return built_; }
  double lag_ms() const;
  // Metrics of one search, and of the index at the moment of a scrape.
  void count_search(double seconds, std::uint64_t total) const;
  void publish_metrics() const;
  const IndexSchema& schema() const { return *context_->schema; }
  std::vector<DeadLetter> dead_letters() const { return pipeline_->dead_letters().list(); }

  // For `aisle import`: reads the file now, on this thread, and returns when everything is on disk and
  // searchable.
  Result<FileImportReport> import(const std::filesystem::path& file, const FileImportOptions& options);
  // Waits until the images have everything that was applied.
  Status catch_up(Deadline deadline) const;

  // Memory of all images by part.
  SegmentBytes image_bytes() const;
  std::filesystem::path folder() const { return folder_->generation_path(shard_set_->manifest().generation); }

 private:
  struct Shard {
    std::optional<LocalOpLog::Reader> reader;
    std::unique_ptr<ImageBuilder> builder;
    std::jthread applier;
  };

  struct Metrics {
    Histogram search_seconds;
    Counter zero_results;
    Gauge documents;
    Gauge image_bytes;
    Gauge lag_seconds;
  };

  explicit IndexService(IndexConfig config) : config_(std::move(config)) {}
  Status open_shards();
  void register_metrics();
  void apply_ops(const std::stop_token& stop, std::uint32_t shard);
  void follow_file(const std::stop_token& stop, const std::filesystem::path& file);
  void follow_statistics(const std::stop_token& stop);
  Status refresh_statistics();
  bool is_built() const;
  void set_problem(std::string problem);

  IndexConfig config_;
  std::shared_ptr<const IndexContext> context_;
  std::shared_ptr<const IndexFolder> folder_;
  std::shared_ptr<ShardSet> shard_set_;
  std::unique_ptr<IndexPipeline> pipeline_;
  std::vector<Shard> shards_;
  Snapshot<Statistics> statistics_;
  Snapshot<std::string> problem_;
  std::atomic<bool> built_{false};
  std::optional<Metrics> metrics_;
  std::unique_ptr<PostgresFeed> feed_;
  std::jthread source_;
  std::jthread statistics_keeper_;
};

}  // namespace aisle
