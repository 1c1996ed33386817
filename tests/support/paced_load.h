// Requests at a steady pace from several connections, for tests of what shoppers notice of a fault.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace aisle::test {

struct LoadSample {
  std::chrono::steady_clock::time_point begun;
  std::chrono::nanoseconds took{0};
  int status = 0;     // 0: no answer
  bool full = false;  // 200 with a coverage of 1
};

// Runs until stop() or destruction. A slow answer delays only its own connection.
class PacedLoad {
 public:
  PacedLoad(std::vector<std::uint16_t> ports, std::vector<std::string> targets, int per_second);
  ~PacedLoad() { stop(); }
  PacedLoad(const PacedLoad&) = delete;
  PacedLoad& operator=(const PacedLoad&) = delete;

  void stop();
  // After stop(), or what has come so far; in no order.
  std::vector<LoadSample> samples() const;

 private:
  void run(std::size_t number);

  std::vector<std::uint16_t> ports_;
  std::vector<std::string> targets_;
  std::chrono::nanoseconds interval_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> next_{0};
  mutable std::mutex mutex_;
  std::vector<LoadSample> samples_;
  std::vector<std::jthread> threads_;
};

// The given share of the samples took no longer.
std::chrono::milliseconds percentile(std::vector<LoadSample> samples, double share);

}  // namespace aisle::test
