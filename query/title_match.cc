#include "query/title_match.h"

#include <algorithm>
#include <utility>

#include "analyzers/title_words.h"
#include "query/expansion.h"

namespace aisle {
namespace {

// So much of a title's head makes it whole: titles often leave it open which of two words it is.
constexpr std::uint64_t enough_tenths = 3;
constexpr std::uint64_t accessory_below = 51;  // of 256: a fifth

struct Share {
  std::uint64_t all = 0;
  std::uint64_t asked = 0;

  void add(std::uint32_t weight, bool is_asked) {
    all += weight;
    asked += weight & (is_asked ? ~0U : 0U);
  }
  std::uint64_t of(std::uint64_t whole) const { return asked == 0 ? 0 : asked * whole / all; }
};

}  // namespace

int head_position(const Reading& reading, bool head_first) {
  int head = -1;
  for (std::size_t i = 0; i < reading.positions.size(); ++i) {
    const Position& position = reading.positions[i];
    if (head >= 0 && (head_first || is_link_word(position.word))) break;
    if (position.weight > 0 && !has_digit(position.word) && !is_link_word(position.word))
      head = static_cast<int>(i);
  }
  return head;
}

TitleMatch::TitleMatch(const ScoreBasis& basis, const ReadingPostings& positions,
                       const std::shared_ptr<const Segment>& segment)
    : segment_(*segment), weights_(names_head_first(basis.context.analyzer->language())) {
  const IndexContext& context = basis.context;
  if (context.forward_field < 0) return;
  const auto field = static_cast<std::size_t>(context.forward_field);
  field_ = &context.schema->fields[field].name;
  proximity_.emplace(positions, segment_, basis.weight(field));
  const Reading& reading = basis.plan.readings.front();
  const int head = head_position(reading, names_head_first(context.analyzer->language()));
  if (head < 0 || static_cast<std::size_t>(head) >= Proximity::positions_max) return;
  const RankingEffects usual;
  const RankingEffects& effects = basis.effects != nullptr ? basis.effects->data() : usual;
  if (effects.head_percent + effects.accessory_percent == 0) return;
  head_percent_ = effects.head_percent;
  accessory_percent_ = effects.accessory_percent;
  head_word_ = reading.positions[static_cast<std::size_t>(head)].word;
  head_mask_ = 1U << static_cast<unsigned>(head);
  marks_ = basis.statistics.head_marks(segment);
}

// The largest share of the query's head in a name of the title. Words that may be heads and stand beside each
// other are a name.
std::uint64_t TitleMatch::most_of_names(std::span<const TermId> tokens,
                                        std::span<const std::uint32_t> weights, bool bent) const {
  Share name;
  std::uint64_t most = 0;
  std::uint32_t shift = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (weights[i] == 0) {
      most = std::max(most, std::exchange(name, {}).of(head_whole) >> shift);
      if ((*marks_)[tokens[i]] == head_link) shift = HeadWeights::behind_link_shift;
      continue;
    }
    name.add(weights[i], is_head(tokens[i], bent));
  }
  return std::max(most, name.of(head_whole) >> shift);
}

// What the product gains or loses. In none of its title's names an accessory has the query's head for its own.
std::int64_t TitleMatch::head_points(std::uint32_t document, std::int64_t near, const TextPoints& text) {
  if (head_mask_ == 0) return 0;
  const auto tokens = segment_.forward_tokens(document);
  const bool bent = text.typos > 0;
  const auto weights = weights_.of(tokens, *marks_);
  Share title;
  bool linked = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    title.add(weights[i], is_head(tokens[i], bent));
    linked = linked || (*marks_)[tokens[i]] == head_link;
  }
  if (title.asked == 0) return 0;
  // without a link word some name has no less of the head than the whole title
  const bool may_be_accessory = accessory_percent_ > 0 && (linked || title.of(head_whole) < accessory_below);
  if (may_be_accessory && most_of_names(tokens, weights, bent) < accessory_below)
    return text.missing == 0 ? -(near * accessory_percent_ / 100) : 0;
  const std::uint64_t share = std::min<std::uint64_t>(head_whole, title.of(head_whole * 10) / enough_tenths);
  return with_head(near, static_cast<std::int64_t>(share)) - near;
}

std::int64_t TitleMatch::most(std::size_t tokens, std::int64_t text) const {
  if (!proximity_) return text;
  return with_head(text + proximity_->most(tokens), head_whole);
}

void TitleMatch::explain(std::uint32_t document, const TextPoints& text, std::vector<ScorePart>& parts) {
  if (!proximity_) return;
  const auto near = proximity_->parts(document, text.typos > 0);
  if (near.neighbours + near.first > 0)
    parts.push_back({"", "", *field_, "proximity", near.neighbours + near.first});
  if (near.exact > 0) parts.push_back({"", "", *field_, "exact", near.exact});
  const std::int64_t head = head_points(document, text.points + near.sum(), text);
  if (head != 0) parts.push_back({head_word_, "", *field_, head > 0 ? "head" : "accessory", head});
}

}  // namespace aisle
