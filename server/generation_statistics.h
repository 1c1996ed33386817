// The term statistics of one generation on this node: which version new views take, which others can still be
// answered with, and how members of a cluster come to use the same.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "indexer/nats/statistics_board.h"
#include "query/statistics.h"

namespace aisle {

// The way to the other members; nothing outside of a cluster.
struct StatisticsExchange {
  StatisticsBoard* board = nullptr;  // outlives its user
  // Whether every node that may be asked for shards can answer with the version of that hash; null: always.
  std::function<bool(const std::string& hash)> known_everywhere = {};
};

// Whoever asks other nodes for shards must find its version there. So a node that takes a new one first only
// answers with it, and uses it for requests of its own once all the others can answer with it too, or after
// patience; the former versions are kept for those that still ask with them. Thread-safe.
class GenerationStatistics {
 public:
  static constexpr std::size_t kept_max = 3;
  static constexpr std::chrono::seconds patience{10};

  struct Place {
    std::string index;
    std::uint32_t generation = 1;
    std::filesystem::path file;
    std::shared_ptr<const IndexContext> context;
  };

  GenerationStatistics(Place place, StatisticsExchange exchange);

  // Reads the file. Without one, or with one of a former version, there are none yet. Errors: of the file,
  // Statistics::decode.
  Status load();
  // Those of new views; without any the statistics of nothing.
  std::shared_ptr<const Statistics> current() const;
  bool ready() const;                                                   // there are some
  std::shared_ptr<const Statistics> find(std::string_view hash) const;  // null: not kept
  std::vector<std::string> hashes() const;                              // of those kept, the newest first

  // Counts anew, publishes and uses the result from now on.
  Status collect(std::span<const std::shared_ptr<const Image>> shards);
  // What the leader published, see above. Prepared for what `shards` hold.
  Status take(std::span<const std::shared_ptr<const Image>> shards);
  // Publishes the current ones where none are: a JetStream can lose what it had.
  Status offer();

 private:
  void prepare(const Statistics& statistics, std::span<const std::shared_ptr<const Image>> shards) const;
  void keep(std::shared_ptr<const Statistics> statistics);
  void use_newest_when_known();

  const Place place_;
  const StatisticsExchange exchange_;
  std::mutex change_mutex_;   // one collection or taking at a time
  mutable std::mutex mutex_;  // guards what follows
  std::shared_ptr<const Statistics> current_;
  std::vector<std::shared_ptr<const Statistics>> kept_;  // the newest first
  std::chrono::steady_clock::time_point taken_;          // when the newest came
};

}  // namespace aisle
