// Logs in JetStream of generations that nothing needs any more.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/nats/nats_connection.h"

namespace aisle {

struct GarbageStream {
  std::string name;
  std::uint32_t generation = 0;
  std::uint64_t bytes = 0;
};

// The streams of an index's logs whose generation is none that is `needed`, ordered by name. Unavailable
// without an answer.
Result<std::vector<GarbageStream>> find_garbage_streams(const NatsConnection& connection,
                                                        const std::string& cluster, const std::string& index,
                                                        const std::function<bool(std::uint32_t)>& needed);

// Deletes it; nothing when it is gone already.
Status remove_stream(const NatsConnection& connection, const std::string& name);

}  // namespace aisle
