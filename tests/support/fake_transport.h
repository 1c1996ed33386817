// Other nodes as a test wishes them, on a clock that moves only when somebody waits.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/fanout/node_transport.h"

namespace aisle::test {

struct FakeAnswer {
  std::chrono::nanoseconds latency{1'000'000};
  int status = 200;  // 0: the connection fails
  std::string body = "ok";
  bool silent = false;  // never answers: a stopped process
};

class FakeTransport final : public NodeTransport {
 public:
  using Time = Deadline::Clock::time_point;
  using Behaviour = std::function<FakeAnswer(const NodeCall&)>;

  void set(const std::string& node, Behaviour behaviour) { nodes_[node] = std::move(behaviour); }
  void set(const std::string& node, FakeAnswer answer) {
    set(node, [answer](const NodeCall&) { return answer; });
  }
  void advance(std::chrono::nanoseconds span) {
    now_ += std::chrono::duration_cast<Deadline::Clock::duration>(span);
  }

  std::unique_ptr<NodeExchange> start(const NodeAddress& node, const NodeCall& call) override;
  void wait(std::span<NodeExchange* const> exchanges, Time until) override;
  Time now() const override { return now_; }

  std::vector<std::string> asked;  // ids, in order
  std::vector<NodeCall> calls;     // bodies are gone
  std::size_t open = 0;            // exchanges that still exist

 private:
  std::map<std::string, Behaviour> nodes_;
  Time now_{std::chrono::hours(1)};
};

}  // namespace aisle::test
