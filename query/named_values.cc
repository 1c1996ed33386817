#include "query/named_values.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

using Place = PositionPostings::Source;

constexpr auto naming_kinds = std::to_array({MatchKind::Literal, MatchKind::Stem, MatchKind::Phrase});

bool names(const Place& place, const IndexSchema& schema) {
  return has_names(schema.fields[place.postings.field]) &&
         std::ranges::find(naming_kinds, place.alternative->kind) != naming_kinds.end();
}

// The positions that must match: stop words name nothing.
std::vector<std::size_t> telling(const Reading& reading) {
  std::vector<std::size_t> places;
  for (std::size_t p = 0; p < reading.positions.size(); ++p) {
    if (reading.positions[p].weight > 0) places.push_back(p);
  }
  return places;
}

bool stands_for(const PositionPostings& position, std::uint16_t field, TermId term,
                const IndexSchema& schema) {
  return std::ranges::any_of(position.sources, [&](const Place& place) {
    return place.term == term && place.postings.field == field && names(place, schema);
  });
}

}  // namespace

NamedValues::NamedValues(const ScoreBasis& basis, const Reading& reading, const ReadingPostings& positions,
                         const std::shared_ptr<const Segment>& segment)
    : schema_(*basis.context.schema), segment_(*segment) {
  percent_ = basis.effects != nullptr ? basis.effects->data().named_percent : RankingProfile::named_usual;
  if (percent_ == 0) return;
  const std::vector<std::size_t> places = telling(reading);
  // Does the name begin at a place and go on word by word?
  const auto is_said = [&](const ValueNames::Name& name, std::uint16_t field, std::size_t begin) {
    for (std::size_t i = 0; i < name.words.size(); ++i) {
      if (!stands_for(positions[places[begin + i]], field, name.words[i], schema_)) return false;
    }
    return true;
  };
  for (std::size_t at = 0; at < places.size(); ++at) {
    for (const Place& place : positions[places[at]].sources) {
      if (!names(place, schema_)) continue;
      const std::uint16_t field = place.postings.field;
      if (!prepared_) prepared_ = basis.statistics.prepared(segment, basis.context);
      prepared_->names().each(field, place.term, [&](const ValueNames::Name& name) {
        if (name.place > at || at - name.place + name.words.size() > places.size()) return;
        const std::size_t begin = at - name.place;
        if (!is_said(name, field, begin)) return;
        std::string words;
        for (std::size_t i = 0; i < name.words.size(); ++i)
          words += (i > 0 ? " " : "") + reading.positions[places[begin + i]].word;
        add(field, name.code, std::move(words));
      });
    }
  }
}

// Values of a field are met in the order of the query; kept is each once, with the words that came first.
void NamedValues::add(std::uint16_t field, std::uint32_t code, std::string words) {
  auto named = std::ranges::lower_bound(fields_, field, {}, &NamedField::field);
  if (named == fields_.end() || named->field != field) named = fields_.insert(named, NamedField{field, {}});
  const auto at = std::ranges::lower_bound(named->values, code, {}, &Value::code);
  if (at != named->values.end() && at->code == code) return;
  named->values.insert(at, Value{code, std::move(words)});
}

DocumentSet NamedValues::documents() const {
  std::vector<DocumentSet> sets;
  for (const NamedField& named : fields_) {
    for (const Value& value : named.values)
      sets.push_back(prepared_->names().documents(named.field, value.code));
  }
  return union_of(std::move(sets), segment_.size);
}

const NamedValues::Value* NamedValues::value_of(const NamedField& named, std::uint32_t document) const {
  const Value* found = nullptr;
  segment_.keywords[named.field].each_code(document, [&](std::uint32_t code) {
    if (found != nullptr) return;
    const auto at = std::ranges::lower_bound(named.values, code, {}, &Value::code);
    if (at != named.values.end() && at->code == code) found = &*at;
  });
  return found;
}

std::int64_t NamedValues::fields_of(std::uint32_t document) const {
  return std::ranges::count_if(fields_,
                               [&](const NamedField& named) { return value_of(named, document) != nullptr; });
}

void NamedValues::explain(std::uint32_t document, std::int64_t near, std::vector<ScorePart>& parts) const {
  std::int64_t fields = 0;
  for (const NamedField& named : fields_) {
    const Value* value = value_of(named, document);
    if (value == nullptr) continue;
    const std::int64_t before = near * percent_ * fields / 100;
    ++fields;
    parts.push_back({value->words, std::string(segment_.keywords[named.field].values().term(value->code)),
                     schema_.fields[named.field].name, "named", near * percent_ * fields / 100 - before});
  }
}

}  // namespace aisle
