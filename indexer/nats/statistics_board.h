// The term statistics of a generation, the same on every node: the leader collects them, the others take them
// from a bucket.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "indexer/nats/kv_bucket.h"

namespace aisle {

// Bucket aisle-<cluster>-statistics: key index.generation names the newest {hash, parts, bytes}, and key
// index.generation.hash.part holds a piece of it. Thread-safe.
class StatisticsBoard {
 public:
  StatisticsBoard(const std::shared_ptr<NatsConnection>& connection, const std::string& cluster,
                  int replicas);

  // Replaces what was there.
  Status publish(const std::string& index, std::uint32_t generation, std::string_view bytes);
  // Whether any are there.
  Result<bool> has(const std::string& index, std::uint32_t generation);
  // Forgets those of a generation.
  Status drop(const std::string& index, std::uint32_t generation);
  // The newest, unless its hash (hash_text of the bytes) is `known`. DataLoss when it does not match its
  // hash.
  Result<std::optional<std::string>> newer(const std::string& index, std::uint32_t generation,
                                           const std::string& known);

 private:
  struct Pointer {
    std::string hash;
    std::size_t parts = 0;
  };
  Result<std::optional<Pointer>> pointer(const std::string& key);

  KvBucket bucket_;
};

}  // namespace aisle
