#include "tests/support/paced_load.h"

#include <algorithm>
#include <optional>

#include "tests/support/raw_http.h"

namespace aisle::test {
namespace {

constexpr std::size_t connections = 8;

}  // namespace

PacedLoad::PacedLoad(std::vector<std::uint16_t> ports, std::vector<std::string> targets, int per_second)
    : ports_(std::move(ports)),
      targets_(std::move(targets)),
      interval_(std::chrono::nanoseconds(std::chrono::seconds(1)) * connections / per_second) {
  for (std::size_t i = 0; i < connections; ++i) threads_.emplace_back([this, i] { run(i); });
}

void PacedLoad::stop() {
  stopping_ = true;
  threads_.clear();
}

std::vector<LoadSample> PacedLoad::samples() const {
  const std::lock_guard lock(mutex_);
  return samples_;
}

void PacedLoad::run(std::size_t number) {
  const std::uint16_t port = ports_[number % ports_.size()];
  std::optional<RawHttp> connection;
  auto due =
      std::chrono::steady_clock::now() + interval_ * static_cast<int>(number) / static_cast<int>(connections);
  while (!stopping_) {
    std::this_thread::sleep_until(due);
    due = std::max(due + interval_, std::chrono::steady_clock::now() - interval_);  // no burst after a stall
    LoadSample sample{std::chrono::steady_clock::now(), {}, 0, false};
    if (!connection || !connection->connected()) connection.emplace(port);
    std::optional<RawResponse> answer;
    if (connection->send(get_request(targets_[next_++ % targets_.size()])))
      answer = connection->read(false, std::chrono::seconds(10));
    sample.took = std::chrono::steady_clock::now() - sample.begun;
    if (answer) {
      sample.status = answer->status;
      sample.full = answer->status == 200 && answer->headers["x-search-coverage"] == "1.0";
    } else {
      connection.reset();
    }
    const std::lock_guard lock(mutex_);
    samples_.push_back(sample);
  }
}

std::chrono::milliseconds percentile(std::vector<LoadSample> samples, double share) {
  if (samples.empty()) return std::chrono::milliseconds(0);
  std::ranges::sort(samples, {}, &LoadSample::took);
  const auto at = static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1));
  return std::chrono::duration_cast<std::chrono::milliseconds>(samples[at].took);
}

}  // namespace aisle::test
