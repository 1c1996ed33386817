// Where the products of an index come from, followed for several generations at a time.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/postgres_feed.h"
#include "server/generation.h"
#include "server/kept_repairs.h"
#include "server/service_config.h"

namespace aisle {

// How far one generation is.
struct SourceProgress {
  bool current = false;        // nothing is left to be read but what changes from now on
  std::uint64_t products = 0;  // read by its first build, 0 when that is over
  std::uint64_t estimate = 0;  // of products it will be, 0 = unknown
  std::string stage;           // "chunk:123", "sweep:...", "importing", "" = none
  std::string problem;         // for people; "" = none
  bool failed = false;         // the problem will not go away by waiting
};

// PostgreSQL: one feed, whose changes go to all. File: each generation reads its file whenever it changes.
// A generation's schema says which. Thread-safe.
class SourceFollower {
 public:
  explicit SourceFollower(IndexConfig config) : config_(std::move(config)) {}
  ~SourceFollower();  // stop()
  SourceFollower(const SourceFollower&) = delete;
  SourceFollower& operator=(const SourceFollower&) = delete;

  // Delivers to the generation from now on. Nothing for one that is not fed or has no source, or is followed
  // already.
  //   InvalidArgument  its slot or publication is not that of the generations followed already
  Status add(const std::shared_ptr<Generation>& generation);
  // Where wishes to read products again are kept; before add().
  void keep_repairs(std::filesystem::path file) { kept_ = std::make_unique<KeptRepairs>(std::move(file)); }
  // The feed runs from now on. Add what it left off with before: what PostgreSQL may forget is what all have.
  void begin();
  // Returns when nothing is delivered to it any more.
  void remove(std::uint32_t generation);
  void stop();

  SourceProgress progress(const Generation& generation) const;
  std::optional<FeedStatus> feed_status() const;  // nothing: no PostgreSQL is followed
  double lag_seconds() const;

  // For people. FailedPrecondition without a PostgreSQL feed.
  Status confirm();
  Status resync(const Generation& generation);
  // Kept on disk until they are read, see tend_repairs().
  Status repair(std::vector<std::string> ids);
  // Looks whether they were, now and then.
  void tend_repairs();

 private:
  struct FileFollower {
    std::shared_ptr<Generation> generation;
    Snapshot<std::string> problem;
    std::atomic<std::uint64_t> records{0};
    std::atomic<bool> importing{false};
    std::jthread thread;
  };
  struct Feed {
    std::unique_ptr<PostgresFeed> feed;
    std::map<std::uint32_t, std::shared_ptr<Generation>> generations;
    std::jthread thread;
  };

  Status add_to_feed(const std::shared_ptr<Generation>& generation);
  void run(Feed& feed);
  void run_feed(const std::stop_token& stop, PostgresFeed& feed, const std::string& index);
  static void follow_file(const std::stop_token& stop, FileFollower& follower);
  static void import_when_changed(FileFollower& follower, const std::filesystem::path& path,
                                  std::string& failed);
  SourceProgress feed_progress(const Generation& generation) const;
  SourceProgress followed_progress(const Generation& generation, const Feed& feed) const;
  static SourceProgress file_progress(const FileFollower& follower);
  std::shared_ptr<Feed> feed() const;
  Result<std::shared_ptr<Feed>> require_feed() const;

  const IndexConfig config_;
  std::unique_ptr<KeptRepairs> kept_;  // null: not kept
  std::mutex change_mutex_;            // add, remove and stop one at a time
  mutable std::mutex mutex_;           // guards what follows
  bool begun_ = false;
  std::shared_ptr<Feed> feed_;
  std::map<std::uint32_t, std::shared_ptr<FileFollower>> files_;
  std::string feed_problem_;  // why the feed has ended
};

// What the source seems to hold, for the number of shards and the size of a new generation; 0 = it does not
// tell.
std::uint64_t estimate_products(const IndexSchema& schema, const IndexConfig& config);

}  // namespace aisle
