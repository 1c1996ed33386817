// Waiting for a condition, with an end.
#pragma once
#include <chrono>
#include <thread>

namespace aisle::test {

template <class Condition>
bool eventually(Condition condition, std::chrono::milliseconds patience = std::chrono::seconds(30)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < end) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return condition();
}

}  // namespace aisle::test
