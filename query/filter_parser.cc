#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "analyzers/analyzer.h"
#include "analyzers/trade_code.h"
#include "base/nearest_name.h"
#include "base/utf8.h"
#include "query/filter.h"
#include "schemas/number_value.h"

namespace aisle {
namespace {

enum class TokenType : std::uint8_t { End, Word, Text, Operator, Open, Close, Comma };

struct FilterToken {
  TokenType type = TokenType::End;
  std::string text;
  std::size_t at = 0;  // byte, from 1
};

tl::unexpected<Error> refuse(std::size_t at, const std::string& sentence) {
  return fail(ErrorCode::InvalidArgument, "filter, byte " + std::to_string(at) + ": " + sentence);
}

bool is_word_byte(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.' || c == '+' ||
         c == ':' || c == '/';
}

Result<FilterToken> quoted(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  const char quote = text[at++];
  FilterToken token{TokenType::Text, "", begin + 1};
  while (at < text.size() && text[at] != quote) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    token.text += text[at++];
  }
  if (at == text.size()) return refuse(begin + 1, "a quoted value has no end");
  ++at;
  return token;
}

Result<std::vector<FilterToken>> tokens_of(std::string_view text) {
  std::vector<FilterToken> tokens;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t begin = at;
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '"' || c == '\'') {
      AISLE_TRY(FilterToken token, quoted(text, at));
      tokens.push_back(std::move(token));
    } else if (c == '(' || c == ')' || c == ',') {
      tokens.push_back({c == '('   ? TokenType::Open
                        : c == ')' ? TokenType::Close
                                   : TokenType::Comma,
                        std::string(1, c), begin + 1});
      ++at;
    } else if (c == '=' || c == '<' || c == '>' || c == '!') {
      ++at;
      if (at < text.size() && text[at] == '=' && c != '=') ++at;
      tokens.push_back({TokenType::Operator, std::string(text.substr(begin, at - begin)), begin + 1});
      if (tokens.back().text == "!") return refuse(begin + 1, "\"!\" is no operator, did you mean \"!=\"?");
    } else if (is_word_byte(c)) {
      while (at < text.size() && is_word_byte(text[at])) ++at;
      tokens.push_back({TokenType::Word, std::string(text.substr(begin, at - begin)), begin + 1});
    } else {
      return refuse(begin + 1, "unexpected \"" + std::string(1, c) + "\"");
    }
  }
  tokens.push_back({TokenType::End, "", text.size() + 1});
  return tokens;
}

bool is_keyword(const FilterToken& token, std::string_view keyword) {
  return token.type == TokenType::Word && token.text.size() == keyword.size() &&
         std::ranges::equal(token.text, keyword,
                            [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
}

// Recursive descent; the depth is counted and bounded before each descent.
class FilterParser {
 public:
  FilterParser(std::vector<FilterToken> tokens, const IndexSchema& schema, const QueryLimits& limits)
      : tokens_(std::move(tokens)), schema_(schema), limits_(limits) {}

  Result<FilterNode> run() {
    AISLE_TRY(FilterNode node, any(0));
    if (here().type != TokenType::End) return unexpected("AND, OR or the end");
    return node;
  }

 private:
  const FilterToken& here() const { return tokens_[at_]; }
  bool accept(std::string_view keyword) {
    if (!is_keyword(here(), keyword)) return false;
    ++at_;
    return true;
  }
  tl::unexpected<Error> unexpected(std::string_view expected) const {
    const std::string found = here().type == TokenType::End ? "the end" : "\"" + here().text + "\"";
    return refuse(here().at, "found " + found + ", expected " + std::string(expected));
  }

  Result<FilterNode> any(std::size_t depth) {
    AISLE_TRY(FilterNode first, all(depth));
    if (!is_keyword(here(), "OR")) return first;
    FilterNode node{.kind = FilterKind::Or, .children = {}, .field = nullptr, .values = {}, .numbers = {}};
    node.children.push_back(std::move(first));
    while (accept("OR")) {
      AISLE_TRY(FilterNode next, all(depth));
      node.children.push_back(std::move(next));
    }
    return node;
  }

  Result<FilterNode> all(std::size_t depth) {
    AISLE_TRY(FilterNode first, one(depth));
    if (!is_keyword(here(), "AND")) return first;
    FilterNode node;
    node.children.push_back(std::move(first));
    while (accept("AND")) {
      AISLE_TRY(FilterNode next, one(depth));
      node.children.push_back(std::move(next));
    }
    return node;
  }

  Result<FilterNode> one(std::size_t depth) {
    if (depth > limits_.filter_depth_max) {
      return fail(ErrorCode::InvalidArgument,
                  "filter is nested deeper than the limit of " + std::to_string(limits_.filter_depth_max));
    }
    if (accept("NOT")) {
      AISLE_TRY(FilterNode child, one(depth + 1));
      return negate(std::move(child));
    }
    if (here().type != TokenType::Open) return test();
    ++at_;
    AISLE_TRY(FilterNode inner, any(depth + 1));
    if (here().type != TokenType::Close) return unexpected("\")\"");
    ++at_;
    return inner;
  }

  static FilterNode negate(FilterNode child) {
    FilterNode node;
    node.kind = FilterKind::Not;
    node.field = child.field;
    node.children.push_back(std::move(child));
    return node;
  }

  Result<const Field*> field() {
    if (here().type != TokenType::Word) return unexpected("a field name");
    const Field* found = schema_.find(here().text);
    if (found == nullptr) {
      std::vector<std::string> names;
      for (const Field& some : schema_.fields) {
        if (some.filter) names.push_back(some.name);
      }
      return refuse(here().at, "unknown field \"" + here().text + "\"" + did_you_mean(here().text, names));
    }
    if (!found->filter)
      return refuse(here().at, "field \"" + found->name + "\" has no \"filter\": true in the schema");
    ++at_;
    return found;
  }

  Result<FilterNode> test() {
    if (++clauses_ > limits_.filter_clauses_max) {
      return fail(ErrorCode::InvalidArgument,
                  "filter has more clauses than the limit of " + std::to_string(limits_.filter_clauses_max));
    }
    AISLE_TRY(const Field* tested, field());
    if (accept("EXISTS")) {
      FilterNode node;
      node.kind = FilterKind::Exists;
      node.field = tested;
      return node;
    }
    const bool negated = accept("NOT");
    if (accept("IN")) {
      AISLE_TRY(FilterNode node, list(*tested));
      return negated ? negate(std::move(node)) : std::move(node);
    }
    if (negated) return unexpected("IN");
    if (here().type != TokenType::Operator) return unexpected("=, !=, <, <=, >, >=, IN or EXISTS");
    const std::string op = here().text;
    ++at_;
    return comparison(*tested, op);
  }

  Result<FilterToken> value() {
    if (here().type != TokenType::Word && here().type != TokenType::Text) return unexpected("a value");
    return tokens_[at_++];
  }

  Result<std::int64_t> number(const Field& tested, const FilterToken& token) const {
    const auto read = number_value(tested, nlohmann::json(token.text));
    if (!read || *read == missing_number) {
      return refuse(token.at, read ? tested.name + " is \"\", expected a value" : read.error().message);
    }
    return *read;
  }

  Result<FilterNode> list(const Field& tested) {
    if (here().type != TokenType::Open) return unexpected("\"(\"");
    FilterNode node;
    node.kind = tested.is_number() ? FilterKind::Numbers : FilterKind::Keywords;
    node.field = &tested;
    std::size_t count = 0;
    do {
      ++at_;
      AISLE_TRY(const FilterToken token, value());
      if (++count > limits_.filter_in_max) {
        return fail(ErrorCode::InvalidArgument, "filter: " + tested.name +
                                                    " IN has more values than the limit of " +
                                                    std::to_string(limits_.filter_in_max));
      }
      AISLE_CHECK(add_value(node, tested, token));
    } while (here().type == TokenType::Comma);
    if (here().type != TokenType::Close) return unexpected("\",\" or \")\"");
    ++at_;
    std::ranges::sort(node.numbers);
    return node;
  }

  Status add_value(FilterNode& node, const Field& tested, const FilterToken& token) const {
    if (tested.is_number()) {
      AISLE_TRY(const std::int64_t read, number(tested, token));
      node.numbers.push_back(read);
    } else if (tested.type == FieldType::Code) {
      node.values.push_back(normalize_code(token.text));
      std::ranges::move(same_trade_codes(node.values.back()), std::back_inserter(node.same_codes));
    } else {
      node.values.push_back(token.text);
    }
    return {};
  }

  Result<FilterNode> comparison(const Field& tested, const std::string& op) {
    AISLE_TRY(const FilterToken token, value());
    FilterNode node;
    node.field = &tested;
    if (op == "=" || op == "!=") {
      node.kind = tested.is_number() ? FilterKind::Numbers : FilterKind::Keywords;
      AISLE_CHECK(add_value(node, tested, token));
      return op == "=" ? std::move(node) : negate(std::move(node));
    }
    if (!tested.is_number()) {
      return refuse(token.at, "field \"" + tested.name + "\" is of type " +
                                  std::string(type_name(tested.type)) + " and knows =, != and IN, not " + op);
    }
    AISLE_TRY(const std::int64_t bound, number(tested, token));
    node.kind = FilterKind::Range;
    node.low = missing_number + 1;
    node.high = std::numeric_limits<std::int64_t>::max();
    if (op == "<") node.high = bound - 1;
    if (op == "<=") node.high = bound;
    if (op == ">" && bound == node.high) {
      node.high = missing_number;  // nothing is greater
    } else if (op == ">") {
      node.low = bound + 1;
    }
    if (op == ">=") node.low = bound;
    return node;
  }

  std::vector<FilterToken> tokens_;
  const IndexSchema& schema_;
  const QueryLimits& limits_;
  std::size_t at_ = 0;
  std::size_t clauses_ = 0;
};

// Splits what must hold at once into its parts, however the brackets stand.
void flatten(FilterNode node, std::vector<FilterNode>& parts) {
  if (node.kind != FilterKind::And) {
    parts.push_back(std::move(node));
    return;
  }
  for (FilterNode& child : node.children) flatten(std::move(child), parts);
}

// The one field a node tests; null when it tests several. Visits each node once: twice would be 2^depth.
const Field* only_field(const FilterNode& node) {
  if (node.children.empty()) return node.field;
  const Field* field = only_field(node.children.front());
  for (std::size_t i = 1; i < node.children.size() && field != nullptr; ++i) {
    if (only_field(node.children[i]) != field) return nullptr;
  }
  return field;
}

}  // namespace

Result<Filter> compile_filter(std::string_view text, const IndexSchema& schema, const QueryLimits& limits) {
  if (text.size() > limits.filter_bytes_max) {
    return fail(ErrorCode::InvalidArgument, "filter is " + std::to_string(text.size()) +
                                                " bytes, the limit is " +
                                                std::to_string(limits.filter_bytes_max));
  }
  if (!is_valid_utf8(text)) return fail(ErrorCode::InvalidArgument, "filter is not valid UTF-8");
  AISLE_TRY(std::vector<FilterToken> tokens, tokens_of(text));
  Filter filter;
  if (tokens.size() == 1) return filter;
  AISLE_TRY(FilterNode root, FilterParser(std::move(tokens), schema, limits).run());
  std::vector<FilterNode> parts;
  flatten(std::move(root), parts);
  for (FilterNode& part : parts) {
    const Field* field = only_field(part);
    filter.conjuncts.push_back({std::move(part), field});
  }
  return filter;
}

}  // namespace aisle
