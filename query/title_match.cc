#include "query/title_match.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "analyzers/title_words.h"
#include "query/expansion.h"

namespace aisle {
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
    : segment_(*segment), named_(basis, basis.plan.readings.front(), positions, segment) {
  const IndexContext& context = basis.context;
  if (context.forward_field < 0) return;
  const auto field = static_cast<std::size_t>(context.forward_field);
  field_ = &context.schema->fields[field].name;
  proximity_.emplace(positions, segment_, basis.weight(field));
  for (const auto& source : positions.front().sources) {
    if (source.postings.field == field) begin_marks_.set(ForwardTokens::mark_of(source.term));
  }
  const Reading& reading = basis.plan.readings.front();
  const bool head_first = names_head_first(context.analyzer->language());
  const int head = head_position(reading, head_first);
  if (head < 0 || static_cast<std::size_t>(head) >= Proximity::positions_max) return;
  const RankingEffects usual;
  const RankingEffects& effects = basis.effects != nullptr ? basis.effects->data() : usual;
  if (effects.head_percent + effects.accessory_percent == 0) return;
  head_percent_ = effects.head_percent;
  accessory_percent_ = effects.accessory_percent;
  head_word_ = reading.positions[static_cast<std::size_t>(head)].word;
  head_mask_ = 1U << static_cast<unsigned>(head);
  for (const auto& source : positions[static_cast<std::size_t>(head)].sources) {
    if (source.postings.field == field) head_terms_.push_back(source.term);
  }
  prepared_ = basis.statistics.prepared(segment, context);
}

TitleMatch::Title TitleMatch::look_at(std::uint32_t document, std::uint8_t length,
                                      std::uint8_t distance) const {
  const auto tokens = segment_.forward.of(document, length);
  if (head_mask_ == 0) return {proximity_->parts(tokens, distance), TitleHeads::Nothing};
  const auto uses = prepared_->heads().uses(document, length, segment_);
  std::uint8_t all = TitleHeads::Nothing;
  const Proximity::Parts near = proximity_->parts(tokens, distance, [&](std::size_t i, std::uint32_t mask) {
    if ((mask & head_mask_) != 0) all |= uses[i];
  });
  return {near, all};
}

std::int64_t TitleMatch::head_points(std::int64_t near, std::uint8_t uses, const TextPoints& text) const {
  if ((uses & TitleHeads::Head) != 0) return near * head_percent_ / 100;
  const bool is_accessory = uses == TitleHeads::Stranger && text.missing == 0;
  return is_accessory ? -(near * accessory_percent_ / 100) : 0;
}

std::int64_t TitleMatch::points(std::uint32_t document, std::uint8_t length, const TextPoints& text) const {
  if (!proximity_) return text.points + named_.points(document, text.points);
  const Title title = look_at(document, length, text.distance);
  const std::int64_t near = text.points + title.near.sum();
  return near + head_points(near, title.uses, text) + named_.points(document, near);
}

std::int64_t TitleMatch::most(std::size_t tokens, std::int64_t text, int percent, bool begins) const {
  const std::int64_t near = proximity_ ? text + proximity_->most(tokens, begins) : text;
  return near + near * percent / 100;
}

std::vector<TitleMatch::Gain> TitleMatch::gains() const {
  std::vector<Gain> gains;
  const auto add = [&](int percent, DocumentSet documents) {
    if (percent > 0 && !documents.empty()) gains.push_back({percent, std::move(documents)});
  };
  DocumentSet heads = headed();
  DocumentSet named = named_.documents();
  add(most_percent(), intersection_of(heads, named));
  add(head_percent_, std::move(heads));
  add(named_.most_percent(), std::move(named));
  std::ranges::stable_sort(gains, std::greater<>(), &Gain::percent);
  return gains;
}

DocumentSet TitleMatch::headed() const {
  std::vector<DocumentSet> sets;
  if (head_percent_ > 0) {
    for (const TermId term : head_terms_)
      sets.push_back(DocumentSet::borrow(prepared_->heads().documents(term), nullptr));
  }
  return union_of(std::move(sets), segment_.size);
}

void TitleMatch::explain(std::uint32_t document, const TextPoints& text,
                         std::vector<ScorePart>& parts) const {
  if (!proximity_) return named_.explain(document, text.points, parts);
  const auto [near, uses] = look_at(document, segment_.forward_length(document), text.distance);
  if (near.neighbours + near.first > 0)
    parts.push_back({"", "", *field_, "proximity", near.neighbours + near.first});
  if (near.exact > 0) parts.push_back({"", "", *field_, "exact", near.exact});
  const std::int64_t head = head_points(text.points + near.sum(), uses, text);
  if (head != 0) parts.push_back({head_word_, "", *field_, head > 0 ? "head" : "accessory", head});
  named_.explain(document, text.points + near.sum(), parts);
}

}  // namespace aisle
