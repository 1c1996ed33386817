// One JetStream key-value bucket, made when it is first needed and missing.
#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "indexer/nats/nats_connection.h"

struct __kvStore;  // of nats.h
struct __kvWatcher;

namespace aisle {

struct KvEntry {
  std::string key;
  std::string value;
  std::uint64_t revision = 0;
};

struct KvBucketOptions {
  std::string name;
  int replicas = 1;
  bool memory = false;                    // lost with the servers
  std::chrono::milliseconds lifetime{0};  // of an entry that is not renewed; 0 = for ever
};

// Thread-safe. Reads may come from a server that is behind. Errors of all: Unavailable without an answer.
class KvBucket {
 public:
  KvBucket(std::shared_ptr<NatsConnection> connection, KvBucketOptions options);
  ~KvBucket();
  KvBucket(const KvBucket&) = delete;
  KvBucket& operator=(const KvBucket&) = delete;

  Result<std::optional<KvEntry>> get(const std::string& key);
  // Stores when the key has no value; else, or when the outcome is unknown, Unavailable: read back.
  Result<std::uint64_t> create(const std::string& key, std::string_view value);
  // Stores when the entry still has that revision; else, or when the outcome is unknown, Unavailable.
  Result<std::uint64_t> update(const std::string& key, std::string_view value, std::uint64_t revision);
  Result<std::uint64_t> put(const std::string& key, std::string_view value);
  Status remove(const std::string& key);
  Result<std::vector<std::string>> keys();

  // Entries as they are and as they change, of all keys or one. One thread a watch. It may fall silent
  // without an error: get() now and then.
  class Watch {
   public:
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    // Nothing when the deadline passes; entries of removed keys have no value.
    Result<std::optional<KvEntry>> next(std::chrono::milliseconds wait);

   private:
    friend class KvBucket;
    Watch(std::shared_ptr<__kvStore> store, __kvWatcher* watcher)
        : store_(std::move(store)), watcher_(watcher) {}
    std::shared_ptr<__kvStore> store_;  // outlives the watcher
    __kvWatcher* watcher_;
  };
  Result<std::unique_ptr<Watch>> watch(const std::string& key = "");

 private:
  Result<std::shared_ptr<__kvStore>> open();
  tl::unexpected<Error> failure(const std::string& what, int status);

  const std::shared_ptr<NatsConnection> connection_;
  const KvBucketOptions options_;
  std::mutex mutex_;
  std::shared_ptr<__kvStore> store_;  // nothing until opened, and after an error
};

}  // namespace aisle
