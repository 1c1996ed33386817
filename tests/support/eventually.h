// Waiting for a condition, with an end.
#pragma once
#include <chrono>
#include <thread>

namespace aisle::test {

// A program under a sanitizer may take this many times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int patience_factor = 6;
#else
inline constexpr int patience_factor = 1;
#endif

// Between two transactions of a writer: fast for a shop, yet a feed that also builds or verifies comes to its
// end. A sanitizer slows the feed, not the writer.
inline constexpr std::chrono::milliseconds writer_pace{patience_factor == 1 ? 2 : 60};

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + patience * patience_factor;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

}  // namespace aisle::test
