// Quantities in a query: other ways to write them, and words that name what they are of.
#include <algorithm>
#include <optional>

#include "analyzers/units.h"
#include "query/planner.h"

namespace aisle {
namespace {

struct QuantityAt {
  Quantity quantity;
  std::size_t words = 1;
};

// "16gb" or "16 gb".
std::optional<QuantityAt> quantity_at(std::span<const std::string> words, std::size_t at) {
  if (auto one = quantity_of(words[at])) return QuantityAt{*std::move(one), 1};
  if (at + 1 == words.size()) return std::nullopt;
  auto two = quantity_of(words[at], words[at + 1]);
  return two ? std::optional(QuantityAt{*std::move(two), 2}) : std::nullopt;
}

}  // namespace

// Other ways to write a number, with a unit or without.
void Planner::add_quantities(Position& position) {
  if (auto grouped = grouped_otherwise(position.word)) {
    add(position,
        {.term = *std::move(grouped), .kind = MatchKind::Stem, .typos = 0, .fields = ~0U, .points = 0});
  }
  const auto quantity = quantity_of(position.word);
  if (!quantity) return;
  for (std::string& way : ways_to_write(*quantity)) {
    add(position, {.term = std::move(way), .kind = MatchKind::Stem, .typos = 0, .fields = ~0U, .points = 0});
  }
}

// Words on both sides of a quantity that name a field: "ram" of "16 gb ram" is told by a product whose field
// "ram" holds 16 gb, too, without standing in a text.
void Planner::add_quantity_names(const PlanAsk& ask, Reading& reading) const {
  for (const QuantityField& field : context_.quantity_fields) {
    for (std::size_t i = 0; i < ask.words.size(); ++i) {
      const auto found = phrase_at(ask.phrases, i) == nullptr ? quantity_at(ask.words, i) : std::nullopt;
      if (!found) continue;
      const std::vector<std::string> ways = ways_to_write(found->quantity);
      for (std::size_t at = i + found->words;
           at < ask.words.size() && name_of(field, ask, at, ways, reading);)
        ++at;
      for (std::size_t at = i; at > 0 && name_of(field, ask, at - 1, ways, reading);) --at;
    }
  }
}

// Whether the word names the field or is a little word on the way to one that does.
bool Planner::name_of(const QuantityField& field, const PlanAsk& ask, std::size_t word,
                      std::span<const std::string> ways, Reading& reading) const {
  if (phrase_at(ask.phrases, word) != nullptr) return false;
  if (!field.names.contains(context_.analyzer->stem(ask.words[word])))
    return analyzer_.is_stop_word(ask.words[word]);
  std::uint64_t common = 0;
  for (const std::string& way : ways) common += statistics_.frequency(way);
  const std::uint32_t points =
      statistics_.inverse_frequency(common) * kind_factor(MatchKind::Joined, 0) / 512;
  for (const std::string& way : ways)
    add(reading.positions[word], {way, MatchKind::Joined, 0, field.bit, points});
  return true;
}

}  // namespace aisle
