// One connection to a cluster of NATS servers, which comes back by itself.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"

struct __natsConnection;  // of nats.h
struct __jsCtx;
struct __natsSubscription;

namespace aisle {

struct NatsOptions {
  std::vector<std::string> urls;                     // "nats://10.0.0.1:4222"; any one that answers will do
  std::string name;                                  // shown by the servers
  std::chrono::milliseconds request_timeout{1'000};  // of each request to JetStream
};

// Thread-safe.
class NatsConnection {
 public:
  // Comes back at once, connected or not: it tries for as long as it lives. InvalidArgument for an address
  // that cannot be one.
  static Result<std::shared_ptr<NatsConnection>> open(const NatsOptions& options);
  ~NatsConnection();
  NatsConnection(const NatsConnection&) = delete;
  NatsConnection& operator=(const NatsConnection&) = delete;

  bool connected() const;

  // For the files of this folder.
  __jsCtx* jetstream() const { return jetstream_; }
  std::chrono::milliseconds request_timeout() const { return request_timeout_; }
  // Ends a subscription; not to be used any more. It is freed later: the library's reading thread locks the
  // subscription of a message that it has just read without holding it (nats.c issue 637, mended in 3.6).
  void end(__natsSubscription* subscription);

 private:
  struct Ended {
    std::chrono::steady_clock::time_point at;
    __natsSubscription* subscription;
  };
  explicit NatsConnection(std::chrono::milliseconds request_timeout) : request_timeout_(request_timeout) {}

  const std::chrono::milliseconds request_timeout_;
  __natsConnection* connection_ = nullptr;
  __jsCtx* jetstream_ = nullptr;
  std::mutex ended_mutex_;
  std::vector<Ended> ended_;  // oldest first
};

}  // namespace aisle
