// What each position of a reading tells against the others.
#include <algorithm>

#include "analyzers/units.h"
#include "query/planner.h"

namespace aisle {
namespace {

// "x" of "2 x 4" and "2 in x 4 in": products write it in other ways.
bool is_times_sign(const std::vector<Position>& positions, std::size_t at) {
  if (positions[at].word != "x" || at == 0 || at + 1 == positions.size() ||
      !has_digit(positions[at + 1].word))
    return false;
  return has_digit(positions[at - 1].word) ||
         (at > 1 && quantity_of(positions[at - 2].word, positions[at - 1].word).has_value());
}

}  // namespace

// A word tells the more, the rarer it is; of unknown ones nobody knows, so they tell as much as the others on
// average. Stop words tell nothing unless there are no others.
void Planner::weigh(Reading& reading) {
  const auto is_idle = [&](const Position& position) {
    return is_times_sign(reading.positions, static_cast<std::size_t>(&position - reading.positions.data())) ||
           analyzer_.is_stop_word(position.word);
  };
  const bool idle_alone = std::ranges::all_of(reading.positions, is_idle);
  std::uint64_t sum = 0;
  std::uint64_t known = 0;
  std::uint32_t rank = Position::word_bit(reading.positions.size());
  const bool by_place = ranking_ != nullptr && ranking_->relaxation.words == Relaxation::Last;
  for (Position& position : reading.positions) {
    rank = std::max(rank / 2, 1U);
    position.weight = 0;
    if (is_idle(position) && !idle_alone) continue;
    const KindFrequencies sums = frequencies(position);
    std::uint64_t common = sums.own() + sums.of(MatchKind::Synonym);
    if (common == 0) common = sums.of(MatchKind::Prefix) + sums.of(MatchKind::Joined);
    if (common == 0) common = sums.of(MatchKind::Infix);
    if (common == 0) common = is_written(position.word) ? 1 : sums.of(MatchKind::Typo);
    if (by_place) {
      position.weight = rank;
    } else if (common > 0) {
      position.weight = statistics_.inverse_frequency(common);
    }
    sum += position.weight;
    known += position.weight > 0 ? 1 : 0;
  }
  const auto mean = static_cast<std::uint32_t>(known == 0 ? 256 : sum / known);
  for (Position& position : reading.positions) {
    if (position.weight == 0 && (idle_alone || !is_idle(position))) position.weight = mean;
  }
}

}  // namespace aisle
