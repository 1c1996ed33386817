#include <algorithm>
#include <limits>

#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

std::u32string decoded(const std::string& text) {
  std::u32string points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80) {
      points.back() = (points.back() << 6U) | (byte & 0x3FU);
    } else {
      points += byte < 0x80 ? byte : byte < 0xE0 ? byte & 0x1FU : byte < 0xF0 ? byte & 0x0FU : byte & 0x07U;
    }
  }
  return points;
}

}  // namespace

int plain_typo_distance(const std::string& word, const std::string& term, bool prefix) {
  const std::u32string a = decoded(word);
  const std::u32string b = decoded(term);
  std::vector<std::vector<int>> cost(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  const auto of_letter = [](std::size_t i) { return i == 0 ? 2 : 1; };  // of the word, from 0
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 && j == 0) continue;
      int least = std::numeric_limits<int>::max();
      if (i > 0) least = std::min(least, cost[i - 1][j] + of_letter(i - 1));
      if (j > 0) least = std::min(least, cost[i][j - 1] + (i == 0 && j == 1 ? 2 : 1));
      if (i > 0 && j > 0)
        least = std::min(least, cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : of_letter(i - 1)));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        least = std::min(least, cost[i - 2][j - 2] + of_letter(i - 2));
      }
      cost[i][j] = least;
    }
  }
  return prefix ? *std::ranges::min_element(cost.back()) : cost.back().back();
}

}  // namespace aisle::test
