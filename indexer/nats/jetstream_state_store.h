// The state of an index and its ranking versions in JetStream key-value buckets, with a copy on this node's
// disk that serves when JetStream does not.
#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "indexer/nats/kv_bucket.h"
#include "indexer/state_store.h"

namespace aisle {

struct JetStreamStateOptions {
  std::string cluster;
  std::string index;
  std::filesystem::path folder;  // of the copies: state.json and ranking/<number>.json
  int replicas = 1;
};

// Buckets aisle-<cluster>-state (key: the index) and aisle-<cluster>-ranking (key: index.number). What others
// changed arrives by a watch, at the latest by a look every 5 s, and is on disk before it is used. A version
// below the known one is ignored and told (event state.older): the bucket was put back or made anew; an empty
// bucket never means that there is no index, but is filled again from the copy. Thread-safe.
class JetStreamStateStore final : public StateStore {
 public:
  // DataLoss when the copy cannot be read. Needs no JetStream when there is a copy.
  static Result<std::unique_ptr<JetStreamStateStore>> open(std::shared_ptr<NatsConnection> connection,
                                                           JetStreamStateOptions options);
  ~JetStreamStateStore() override;
  JetStreamStateStore(const JetStreamStateStore&) = delete;
  JetStreamStateStore& operator=(const JetStreamStateStore&) = delete;

  // Unavailable when nothing is known and JetStream does not answer.
  Result<std::optional<IndexState>> read() override;
  Result<IndexState> replace(std::uint64_t expected, IndexState next) override;
  Result<std::optional<IndexState>> wait(std::uint64_t seen, Deadline deadline) override;
  Status add_ranking(std::uint32_t number, std::string_view text) override;
  Result<std::string> ranking(std::uint32_t number) override;
  Result<std::vector<std::uint32_t>> rankings() override;

  // Whether JetStream was heard within the last ten seconds.
  bool fresh() const;

 private:
  JetStreamStateStore(const std::shared_ptr<NatsConnection>& connection, JetStreamStateOptions options);
  void follow(const std::stop_token& stop);
  Status follow_watch(const std::stop_token& stop);
  Status look();
  // Takes a state that was stored; false when an unexpected older one is ignored.
  Status accept(const std::string& text);
  Status adopt(IndexState state, const std::string& text);
  std::string ranking_key(std::uint32_t number) const;
  std::filesystem::path ranking_file(std::uint32_t number) const;
  std::optional<IndexState> known() const;

  const JetStreamStateOptions options_;
  KvBucket states_;
  KvBucket rankings_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<IndexState> known_;
  std::uint64_t told_older_ = 0;  // version that was told last
  std::chrono::steady_clock::time_point heard_;

  std::jthread follower_;  // last: stops first
};

}  // namespace aisle
