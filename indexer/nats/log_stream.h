// One JetStream stream that holds one shard's log: what the log needs of JetStream and no more.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "indexer/nats/nats_connection.h"

namespace aisle {

struct StreamRange {
  std::uint64_t first = 0;  // sequence of the oldest message
  std::uint64_t last = 0;   // of the newest; 0 = there never was one
};

struct StreamMessage {
  std::uint64_t sequence = 0;
  std::string data;
};

struct StreamLimits {
  int replicas = 1;
  std::int64_t age_max_seconds = 24 * 3600;
  std::int64_t bytes_max = 1LL << 30U;  // JetStream sets them aside
};

// Thread-safe. Errors of all: Unavailable without an answer, NotFound when the stream does not exist.
class LogStream {
 public:
  LogStream(std::shared_ptr<NatsConnection> connection, std::string name, std::string subject);

  const std::string& name() const { return name_; }
  const std::string& subject() const { return subject_; }
  const std::shared_ptr<NatsConnection>& connection() const { return connection_; }

  // Nothing when it is there already. Messages can be neither deleted nor purged; the oldest leave by age and
  // bytes.
  Status create(const StreamLimits& limits) const;
  // A hint: a server that was cut off may answer with an older one.
  Result<StreamRange> range() const;
  // NotFound also for a message that is not there.
  Result<StreamMessage> message(std::uint64_t sequence) const;
  Result<StreamMessage> last() const;

  // Appends when the last sequence is `expected_last` (0: no message was ever written) and returns the new
  // one.
  //   Conflict     it is another
  //   Unavailable  unknown: it may have been appended or may still be
  Result<std::uint64_t> publish(std::string_view data, std::uint64_t expected_last) const;

 private:
  const std::shared_ptr<NatsConnection> connection_;
  const std::string name_;
  const std::string subject_;
};

}  // namespace aisle
