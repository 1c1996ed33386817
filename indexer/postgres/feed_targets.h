// The indexes that one feed keeps in step, and what people ask of them.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "indexer/change.h"
#include "schemas/index_schema.h"

namespace aisle {

// One generation. Its schema has a PostgresSource; its slot and publication are those of the feed's first
// target.
struct FeedTarget {
  std::shared_ptr<const IndexSchema> schema;
  ChangeSink* sink = nullptr;  // outlives its being followed; durable_lsn() is called on several threads

  const PostgresSource& source() const { return std::get<PostgresSource>(schema->source); }
};

// What was asked since the last look.
struct FeedWishes {
  bool look_anew = false;                // a target came: the session begins anew
  std::vector<const ChangeSink*> scans;  // to be read from the start
  std::vector<std::string> repairs;      // ids to be read again, for all targets
};

// Thread-safe. A session is the time between begin_session() and end_session(), both on the feed's thread.
class FeedTargets {
 public:
  static constexpr std::size_t repairs_max = 1'000'000;  // waiting; more are refused

  explicit FeedTargets(FeedTarget first);

  //   InvalidArgument  without a PostgreSQL source, or with another slot or publication than the first
  //   Conflict         the sink is followed already
  Status add(FeedTarget target);
  // Returns when the feed does not use the sink any more. Not from the feed's own thread.
  void remove(const ChangeSink& sink);
  //   NotFound  the sink is not followed
  Status request_scan(const ChangeSink& sink);
  //   ResourceExhausted  with repairs_max
  Status repair(std::vector<std::string> ids);
  // How many of them a target has still to read.
  std::size_t repairs_left() const;

  std::vector<FeedTarget> begin_session();
  void end_session();
  FeedWishes take_wishes();
  // The same of one target that begins a session.
  bool take_scan_wish(const ChangeSink& sink);
  // Of the repairs taken, `left` are not applied yet.
  void set_repairs_left(std::size_t left);
  // What a session could not apply any more: the next one gets them.
  void give_back(std::vector<std::string> repairs);
  // Those that remove() waits for.
  std::vector<const ChangeSink*> leaving() const;
  // The session uses it no longer.
  void release(const ChangeSink& sink);
  // Whether the target's position limits what the server may forget. A target that cannot be followed now and
  // will be read anew anyway does not.
  void set_counted(const ChangeSink& sink, bool counted);
  // The lowest position that the session's counted targets acknowledge; 0 without any.
  Lsn durable_lsn() const;

 private:
  struct Entry {
    FeedTarget target;
    bool in_session = false;
    bool counted = true;
    bool leaving = false;
    bool scan_wanted = false;
  };
  Entry* find(const ChangeSink& sink);

  const FeedTarget first_;
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable released_;
  std::vector<Entry> entries_;  // oldest first
  std::vector<std::string> repairs_;
  std::size_t repairs_taken_ = 0;
  bool added_ = false;
};

}  // namespace aisle
