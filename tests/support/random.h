// Seeds of randomised tests: printed, and taken back by AISLE_SEED; AISLE_CASES runs more of them. How much
// others do.
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

// The value of the environment variable, `fallback` when it is not set.
inline std::uint64_t number_from(const char* name, std::uint64_t fallback) {
  const char* given = std::getenv(name);
  return given != nullptr ? std::strtoull(given, nullptr, 10) : fallback;
}

struct Seeds {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  static std::string trace(std::uint64_t seed) { return "AISLE_SEED=" + std::to_string(seed); }
};

// Seeds first, first + 1, ...; a given AISLE_SEED runs alone unless AISLE_CASES says how many.
inline Seeds seeds(std::uint64_t count) {
  if (std::getenv("AISLE_SEED") != nullptr) count = 1;
  return {number_from("AISLE_SEED", std::random_device()()), number_from("AISLE_CASES", count)};
}

}  // namespace aisle::test
