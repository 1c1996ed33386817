#include "tests/support/fake_transport.h"

#include <algorithm>

namespace aisle::test {
namespace {

class FakeExchange final : public NodeExchange {
 public:
  FakeExchange(FakeTransport& owner, FakeAnswer answer, FakeTransport::Time at)
      : owner_(owner), answer_(std::move(answer)), at_(at) {
    ++owner_.open;
  }
  ~FakeExchange() override { --owner_.open; }
  FakeExchange(const FakeExchange&) = delete;
  FakeExchange& operator=(const FakeExchange&) = delete;

  bool finished() const override { return !answer_.silent && owner_.now() >= at_; }
  int status() const override { return answer_.status; }
  std::string_view body() const override { return answer_.body; }
  std::string_view error() const override { return "cannot connect"; }
  FakeTransport::Time ends() const { return answer_.silent ? FakeTransport::Time::max() : at_; }

 private:
  FakeTransport& owner_;
  FakeAnswer answer_;
  FakeTransport::Time at_;
};

}  // namespace

std::unique_ptr<NodeExchange> FakeTransport::start(const NodeAddress& node, const NodeCall& call) {
  asked.push_back(node.id);
  calls.push_back(call);
  const FakeAnswer answer = nodes_.at(node.id)(call);
  const auto at = now_ + std::chrono::duration_cast<Deadline::Clock::duration>(answer.latency);
  return std::make_unique<FakeExchange>(*this, answer, at);
}

void FakeTransport::wait(std::span<NodeExchange* const> exchanges, Time until) {
  for (const NodeExchange* exchange : exchanges)
    until = std::min(until, static_cast<const FakeExchange*>(exchange)->ends());
  now_ = std::max(now_, until);
}

}  // namespace aisle::test
