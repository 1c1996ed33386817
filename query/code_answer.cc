#include "query/code_answer.h"

#include <algorithm>
#include <iterator>

#include "analyzers/trade_code.h"

namespace aisle {
namespace {

constexpr std::size_t sure_code_least = 12;  // digits in pieces that are a code, whatever their check digit
constexpr std::size_t near_codes_told = 3;

std::vector<std::string> with_same(const std::string& code) {
  std::vector<std::string> codes = same_trade_codes(code);
  codes.insert(codes.begin(), code);
  return codes;
}

// Codes of products of which this one is a slip.
Result<std::vector<std::string>> near_codes(const std::string& code, Planner& planner) {
  std::vector<std::string> near = near_trade_codes(code);
  std::vector<std::string> all;
  for (const std::string& some : near) std::ranges::copy(with_same(some), std::back_inserter(all));
  AISLE_TRY(const std::vector<std::string> held, planner.written(all));
  std::erase_if(near, [&](const std::string& some) {
    return std::ranges::none_of(with_same(some), [&](const std::string& same) {
      return std::ranges::find(held, same) != held.end();
    });
  });
  if (near.size() > near_codes_told) near.resize(near_codes_told);
  return near;
}

}  // namespace

std::optional<std::string> trade_code_of(const ParsedQuery& query, const IndexSchema& schema) {
  const auto is_code = [](const Field& field) { return field.search && field.type == FieldType::Code; };
  if (!query.phrases.empty() || std::ranges::none_of(schema.fields, is_code)) return std::nullopt;
  std::string code;
  for (const std::string& word : query.words) code += word;
  code = normalize_code(code);
  if (!trade_code_type(code)) return std::nullopt;
  const bool sure = query.words.size() == 1 || code.size() >= sure_code_least || has_right_check_digit(code);
  return sure ? std::optional(code) : std::nullopt;
}

Result<std::optional<CodeAnswer>> answer_code(const std::string& code, bool any_found, Planner& planner) {
  AISLE_TRY(const std::vector<std::string> held, planner.written(with_same(code)));
  CodeAnswer answer{code, std::string(*trade_code_type(code)), "found", {}};
  if (!held.empty()) return std::optional(std::move(answer));
  if (any_found) return std::optional<CodeAnswer>();
  answer.status = has_right_check_digit(code) ? "unknown" : "wrong_check_digit";
  AISLE_TRY(answer.did_you_mean, near_codes(code, planner));
  return std::optional(std::move(answer));
}

}  // namespace aisle
