// Codes in a query: other ways to write them, and products whose code the whole query is.
#include <algorithm>
#include <iterator>

#include "analyzers/trade_code.h"
#include "query/code_infix.h"
#include "query/planner.h"

namespace aisle {
namespace {

// A product whose code is the whole query stands above those that mention it. Shorter ones are sizes and
// counts.
constexpr std::size_t whole_code_least = 4;
constexpr std::uint32_t whole_code_points = 8'000'000;  // 500,000 points of a score at weight 1
constexpr std::uint32_t same_code_points = 7'000'000;   // of a product that has the code in another length

std::string joined(std::span<const std::string> words) {
  std::string all;
  for (const std::string& word : words) all += word;
  return all.size() <= Analyzer::token_bytes_max ? all : "";
}

}  // namespace

std::uint32_t Planner::fields_of_type(FieldType type) const {
  std::uint32_t mask = 0;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) mask |= fields[i]->type == type ? 1U << i : 0U;
  return mask;
}

std::uint32_t Planner::infix_fields() const {
  std::uint32_t mask = 0;
  const std::vector<const Field*> fields = search_fields(*context_.schema);
  for (std::size_t i = 0; i < fields.size(); ++i) mask |= fields[i]->infix ? 1U << i : 0U;
  return mask;
}

// Codes that the word is a part of.
void Planner::add_infixes(Position& position) {
  const std::string part = normalize_code(position.word);
  const std::uint32_t fields = is_code_part(part) ? infix_fields() : 0;
  if (fields == 0) return;
  for (const FoundTerm& found : known_.find(part, ExpandKind::Codes).terms)
    add(position, {found.term, MatchKind::Infix, 0, fields, 0});
}

// A code in pieces, as code fields hold it; nothing when the words are none.
std::string Planner::code_of(std::span<const std::string> words) const {
  const std::string all = joined(words);
  return words.size() > 1 && has_digit(all) && fields_of_type(FieldType::Code) != 0 ? normalize_code(all)
                                                                                    : "";
}

// The same GTIN or ISBN in another length.
void Planner::add_same_codes(Position& position) const {
  const std::vector<std::string> codes = same_trade_codes(position.word);
  const std::uint32_t fields = codes.empty() ? 0 : fields_of_type(FieldType::Code);
  if (fields == 0) return;
  for (const std::string& code : codes) add(position, {code, MatchKind::Code, 0, fields, 0});
}

// A code written with dashes or spaces: the whole query as one word. Where it is some product's code, that
// product comes first.
void Planner::add_code(const PlanAsk& ask, Plan& plan) {
  const std::string all = joined(ask.words);
  if (!ask.phrases.empty() || !has_digit(all)) return;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < ask.words.size(); ++i) bits |= Position::word_bit(i);
  const std::string code = normalize_code(all);
  if (ask.words.size() > 1) {
    Reading reading;
    reading.positions.push_back(position(code, ask.last_is_prefix, false));
    reading.positions.back().words = bits;
    plan.readings.push_back(std::move(reading));
  }
  const std::uint32_t fields = fields_of_type(FieldType::Code);
  if (fields == 0 || code.size() < whole_code_least) return;
  Position whole{.word = code, .alternatives = {}, .words = bits, .weight = 0};
  std::vector<std::string> codes = same_trade_codes(code);
  codes.insert(codes.begin(), code);
  for (const std::string& some : codes) {
    const std::uint32_t points = some == code ? whole_code_points : same_code_points;
    if (is_written(some)) whole.alternatives.push_back({some, MatchKind::Code, 0, fields, points});
  }
  if (!whole.alternatives.empty()) plan.readings.emplace_back().positions.push_back(std::move(whole));
}

Result<std::vector<std::string>> Planner::written(const std::vector<std::string>& words) {
  std::vector<std::string> found;
  for (const std::string& word : words) is_written(word);
  if (auto missing = known_.take_missing(); !missing.empty()) AISLE_CHECK(expand_missing(std::move(missing)));
  std::ranges::copy_if(words, std::back_inserter(found),
                       [&](const std::string& word) { return is_written(word); });
  return found;
}

}  // namespace aisle
