// Seeds of randomised tests: printed, and taken back by AISLE_SEED; AISLE_CASES runs more of them.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace aisle::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low) + 1));
  }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  const T& one_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

 private:
  std::mt19937_64 engine_;
};

struct Seeds {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  static std::string trace(std::uint64_t seed) { return "AISLE_SEED=" + std::to_string(seed); }
};

// Seeds first, first + 1, ...; a given AISLE_SEED runs alone unless AISLE_CASES says how many.
inline Seeds seeds(std::uint64_t count) {
  const char* seed = std::getenv("AISLE_SEED");
  const char* cases = std::getenv("AISLE_CASES");
  if (cases != nullptr) count = std::strtoull(cases, nullptr, 10);
  if (seed == nullptr) return {std::random_device()(), count};
  return {std::strtoull(seed, nullptr, 10), cases != nullptr ? count : 1};
}

}  // namespace aisle::test
