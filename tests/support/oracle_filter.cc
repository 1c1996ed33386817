#include "tests/support/oracle_filter.h"

#include <algorithm>

#include "analyzers/trade_code.h"
#include "schemas/number_text.h"

namespace aisle::test {
namespace {

using Kind = OracleFilter::Kind;

std::string quoted(const std::string& value, Random& random) {
  const char quote = random.chance(50) ? '"' : '\'';
  std::string text(1, quote);
  for (const char c : value) {
    if (c == quote || c == '\\') text += '\\';
    text += c;
  }
  return text + quote;
}

std::string value_text(const OracleFilter& test, std::size_t i, Random& random) {
  if (!test.field->is_number()) {
    const std::string& value = test.values[i];
    const bool word =
        std::ranges::all_of(value, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; });
    return word && !value.empty() && random.chance(30) ? value : quoted(value, random);
  }
  std::string text = number_json(*test.field, test.numbers[i]);
  if (text.front() == '"') text = text.substr(1, text.size() - 2);
  return random.chance(50) ? text : quoted(text, random);
}

std::string keyword(const char* word, Random& random) {
  std::string text(word);
  if (random.chance(20)) {
    for (char& c : text) c = static_cast<char>(std::tolower(c));
  }
  return text;
}

const char* operator_text(Kind kind) {
  switch (kind) {
    case Kind::Equal:
      return " = ";
    case Kind::Unequal:
      return "!=";
    case Kind::Less:
      return "<";
    case Kind::LessEqual:
      return " <= ";
    case Kind::More:
      return " >";
    default:
      return ">= ";
  }
}

std::string test_text(const OracleFilter& test, Random& random) {
  const std::string& name = test.field->name;
  if (test.kind == Kind::Exists) return name + " " + keyword("EXISTS", random);
  if (test.kind != Kind::In && test.kind != Kind::NotIn) {
    return name + operator_text(test.kind) + value_text(test, 0, random);
  }
  std::string text = name + (test.kind == Kind::NotIn ? " " + keyword("NOT", random) : "") + " " +
                     keyword("IN", random) + " (";
  const std::size_t count = test.field->is_number() ? test.numbers.size() : test.values.size();
  for (std::size_t i = 0; i < count; ++i) text += (i > 0 ? ", " : "") + value_text(test, i, random);
  return text + ")";
}

bool any_value(const OracleFilter& test, const Document& document) {
  if (test.field->is_number()) {
    const std::int64_t number = number_of(document, *test.field);
    return number != missing_number && std::ranges::count(test.numbers, number) > 0;
  }
  return std::ranges::any_of(values_of(document, *test.field), [&](const std::string& value) {
    const auto is_value = [&](const std::string& wanted) {
      const bool code = test.field->type == FieldType::Code;
      return wanted == value || (code && std::ranges::count(same_trade_codes(wanted), value) > 0);
    };
    return std::ranges::any_of(test.values, is_value);
  });
}

bool compares(const OracleFilter& test, const Document& document) {
  const std::int64_t number = number_of(document, *test.field);
  if (number == missing_number) return false;
  switch (test.kind) {
    case Kind::Less:
      return number < test.numbers[0];
    case Kind::LessEqual:
      return number <= test.numbers[0];
    case Kind::More:
      return number > test.numbers[0];
    default:
      return number >= test.numbers[0];
  }
}

}  // namespace

std::vector<std::string> values_of(const Document& document, const Field& field) {
  for (const KeywordCell& cell : document.keywords) {
    if (cell.field == field.number) return cell.values;
  }
  return {};
}

std::int64_t number_of(const Document& document, const Field& field) {
  for (const NumberCell& cell : document.numbers) {
    if (cell.field == field.number) return cell.value;
  }
  return missing_number;
}

std::string text_of(const OracleFilter& filter, Random& random) {
  if (filter.is_test())
    return random.chance(10) ? "(" + test_text(filter, random) + ")" : test_text(filter, random);
  if (filter.kind == Kind::Not) {
    const OracleFilter& child = filter.children.front();
    const bool brackets = child.kind == Kind::And || child.kind == Kind::Or;
    const std::string inner = text_of(child, random);
    return keyword("NOT", random) + (brackets ? " (" + inner + ")" : " " + inner);
  }
  std::string text;
  for (const OracleFilter& child : filter.children) {
    if (!text.empty()) text += " " + keyword(filter.kind == Kind::And ? "AND" : "OR", random) + " ";
    const bool needed = child.kind == Kind::Or || (child.kind == Kind::And && filter.kind == Kind::And);
    const std::string inner = text_of(child, random);
    text += needed || random.chance(10) ? "(" + inner + ")" : inner;
  }
  return text;
}

bool passes(const OracleFilter& filter, const Document& document) {
  const auto child_passes = [&](const OracleFilter& child) { return passes(child, document); };
  switch (filter.kind) {
    case Kind::And:
      return std::ranges::all_of(filter.children, child_passes);
    case Kind::Or:
      return std::ranges::any_of(filter.children, child_passes);
    case Kind::Not:
      return !passes(filter.children.front(), document);
    case Kind::Equal:
    case Kind::In:
      return any_value(filter, document);
    case Kind::Unequal:
    case Kind::NotIn:
      return !any_value(filter, document);
    case Kind::Exists:
      return filter.field->is_number() ? number_of(document, *filter.field) != missing_number
                                       : !values_of(document, *filter.field).empty();
    default:
      return compares(filter, document);
  }
}

std::vector<OracleFilter> conjuncts_of(const OracleFilter& filter) {
  if (filter.kind != Kind::And) return {filter};
  std::vector<OracleFilter> all;
  for (const OracleFilter& child : filter.children) {
    for (OracleFilter& part : conjuncts_of(child)) all.push_back(std::move(part));
  }
  return all;
}

const Field* field_of(const OracleFilter& filter) {
  if (filter.is_test()) return filter.field;
  const Field* field = field_of(filter.children.front());
  for (std::size_t i = 1; i < filter.children.size(); ++i) {
    if (field_of(filter.children[i]) != field) return nullptr;
  }
  return field;
}

std::vector<std::string> selected_of(const OracleFilter& filter) {
  std::vector<std::string> values;
  if (filter.kind == Kind::Equal || filter.kind == Kind::In) {
    values = filter.values;
    if (filter.field->type == FieldType::Bool) {
      for (const std::int64_t number : filter.numbers) values.emplace_back(number != 0 ? "true" : "false");
    }
  }
  if (filter.kind == Kind::Not) return values;
  for (const OracleFilter& child : filter.children) {
    for (std::string& value : selected_of(child)) values.push_back(std::move(value));
  }
  return values;
}

}  // namespace aisle::test
