// How bytes reach another node and come back. Calls run side by side on the thread that waits for them, so
// that one request can ask many nodes, ask again and stop waiting without threads of its own.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/deadline.h"
#include "server/fanout/cluster_map.h"

namespace aisle {

struct NodeCall {
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string_view body;  // must outlive the exchange
};

// One call on its way. Destroying it closes its connection when it is not finished. One thread.
class NodeExchange {
 public:
  virtual ~NodeExchange() = default;
  virtual bool finished() const = 0;
  // Once finished: 0 when there was no answer, then error() says why.
  virtual int status() const = 0;
  virtual std::string_view body() const = 0;
  virtual std::string_view error() const = 0;
};

// Thread-safe.
class NodeTransport {
 public:
  virtual ~NodeTransport() = default;
  // Begins; does not block. `call.body` is sent as it is.
  virtual std::unique_ptr<NodeExchange> start(const NodeAddress& node, const NodeCall& call) = 0;
  // Moves all of them on until one more is finished or `until` has passed.
  virtual void wait(std::span<NodeExchange* const> exchanges, Deadline::Clock::time_point until) = 0;
  virtual Deadline::Clock::time_point now() const = 0;
};

}  // namespace aisle
