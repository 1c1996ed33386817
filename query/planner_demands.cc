// Phrases and exclusions of a query: what of it must be there as it stands, and what must not.
#include <algorithm>

#include "query/planner.h"

namespace aisle {
namespace {

std::string joined(std::span<const std::string> words) {
  std::string all;
  for (const std::string& word : words) all += word;
  return all.size() <= Analyzer::token_bytes_max ? all : "";
}

}  // namespace

std::vector<std::uint16_t> Planner::numbers_of(std::uint32_t mask) const {
  std::vector<std::uint16_t> numbers;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (((mask >> i) & 1U) != 0) numbers.push_back(fields[i]->number);
  }
  return numbers;
}

// Words of a phrase stand for themselves alone, several of them in the forward field. Where they are a code,
// that counts for all of them, an equal part for each.
void Planner::add_phrase(const PlanAsk& ask, const Phrase& phrase, Reading& reading) const {
  const auto words = std::span(ask.words).subspan(phrase.begin, phrase.words);
  std::uint32_t fields = ~0U;
  if (words.size() > 1 && context_.forward_field >= 0) {
    const auto is_forward = [&](const Field* field) { return field->number == context_.forward_field; };
    const std::vector<const Field*> all = search_fields(*context_.schema);
    fields = 1U << static_cast<unsigned>(std::ranges::find_if(all, is_forward) - all.begin());
  }
  const std::string code = code_of(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    Position position{.word = words[i], .alternatives = {}, .words = 0, .weight = 0};
    position.words = Position::word_bit(phrase.begin + i);
    position.alternatives.push_back({words[i], MatchKind::Phrase, 0, fields, 0});
    set_points(position);
    if (!code.empty()) {
      const auto points = statistics_.inverse_frequency(code) / static_cast<std::uint32_t>(words.size());
      position.alternatives.push_back({code, MatchKind::Phrase, 0, fields_of_type(FieldType::Code), points});
    }
    reading.positions.push_back(std::move(position));
  }
}

// The words as they stand, next to each other.
Demand Planner::row_of(std::span<const std::string> words, const std::string& text) const {
  Demand demand;
  demand.text = text;
  if (words.size() == 1) {
    demand.terms.push_back({words.front(), {}});
    return demand;
  }
  demand.row.assign(words.begin(), words.end());
  if (const std::string code = code_of(words); !code.empty())
    demand.terms.push_back({code, numbers_of(fields_of_type(FieldType::Code))});
  return demand;
}

// Without quotes the other forms of a word count, too, and words around a hyphen written as one.
Demand Planner::demand_of(const Exclusion& exclusion) {
  Demand demand = row_of(exclusion.words, exclusion.text);
  demand.excluded = true;
  if (exclusion.literal) return demand;
  if (exclusion.words.size() > 1) {
    if (std::string one = joined(exclusion.words); !one.empty()) demand.terms.push_back({std::move(one), {}});
    return demand;
  }
  Position forms{.word = exclusion.words.front(), .alternatives = {}, .words = 0, .weight = 0};
  add_stems(forms, forms.word, {.term = "", .kind = MatchKind::Stem, .typos = 0, .fields = 0, .points = 0});
  for (Alternative& form : forms.alternatives)
    demand.terms.push_back({std::move(form.term), numbers_of(form.fields)});
  return demand;
}

std::vector<Demand> Planner::demands_of(const PlanAsk& ask) {
  std::vector<Demand> demands;
  for (const Phrase& phrase : ask.phrases)
    demands.push_back(row_of(std::span(ask.words).subspan(phrase.begin, phrase.words), phrase.text));
  for (const Exclusion& exclusion : ask.excluded) demands.push_back(demand_of(exclusion));
  return demands;
}

}  // namespace aisle
