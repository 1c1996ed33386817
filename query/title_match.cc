#include "query/title_match.h"

#include <algorithm>

#include "analyzers/link_words.h"
#include "query/expansion.h"

namespace aisle {
namespace {

// So much of a title's head makes it whole: titles often leave it open which of two words it is.
constexpr std::uint64_t enough_tenths = 3;

}  // namespace

int head_position(const Reading& reading, bool head_first) {
  int head = -1;
  for (std::size_t i = 0; i < reading.positions.size(); ++i) {
    const Position& position = reading.positions[i];
    if (head >= 0 && (head_first || is_link_word(position.word))) break;
    if (position.weight > 0 && !has_digit(position.word) && !is_link_word(position.word)) head = static_cast<int>(i);
  }
  return head;
}

TitleMatch::TitleMatch(const Reading& reading, const ReadingPostings& positions,
                       const std::shared_ptr<const Segment>& segment, const IndexContext& context,
                       const Statistics& statistics, std::int64_t weight, int head_percent)
    : segment_(*segment), weights_(names_head_first(context.analyzer->language())) {
  if (context.forward_field < 0) return;
  field_ = &context.schema->fields[static_cast<std::size_t>(context.forward_field)].name;
  proximity_.emplace(positions, segment_, weight);
  const int head = head_position(reading, names_head_first(context.analyzer->language()));
  if (head < 0 || head_percent == 0 || static_cast<std::size_t>(head) >= Proximity::positions_max) return;
  head_percent_ = head_percent;
  head_word_ = reading.positions[static_cast<std::size_t>(head)].word;
  head_mask_ = 1U << static_cast<unsigned>(head);
  marks_ = statistics.head_marks(segment);
}

std::int64_t TitleMatch::head_gain(std::uint32_t document, std::int64_t points, bool bent) {
  if (head_percent_ == 0) return 0;
  const auto tokens = segment_.forward_tokens(document);
  const auto weights = weights_.of(tokens, *marks_);
  std::uint64_t all = 0;
  std::uint64_t asked = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (weights[i] == 0) continue;
    all += weights[i];
    asked += (proximity_->mask_of(tokens[i], bent) & head_mask_) != 0 ? weights[i] : 0;
  }
  if (asked == 0) return 0;
  constexpr auto whole = static_cast<std::uint64_t>(head_whole);
  const std::uint64_t share = std::min(whole, asked * whole * 10 / (all * enough_tenths));
  return with_head(points, static_cast<std::int64_t>(share)) - points;
}

std::int64_t TitleMatch::most(std::size_t tokens, std::int64_t text) const {
  if (!proximity_) return text;
  return with_head(text + proximity_->most(tokens), head_whole);
}

void TitleMatch::explain(std::uint32_t document, std::int64_t text, bool bent, std::vector<ScorePart>& parts) {
  if (!proximity_) return;
  const auto near = proximity_->parts(document, bent);
  if (near.neighbours + near.first > 0) parts.push_back({"", "", *field_, "proximity", near.neighbours + near.first});
  if (near.exact > 0) parts.push_back({"", "", *field_, "exact", near.exact});
  const std::int64_t head = head_gain(document, text + near.sum(), bent);
  if (head > 0) parts.push_back({head_word_, "", *field_, "head", head});
}

}  // namespace aisle
