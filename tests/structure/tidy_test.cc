// Sizes may only come down: the ceilings below are today's worst function, file and parameter list.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_file.h"

namespace aisle::test {
namespace {

constexpr std::size_t function_lines_ceiling = 68;
constexpr std::size_t file_lines_ceiling = 393;
constexpr std::size_t parameters_ceiling = 5;

struct Function {
  std::string head;  // from its return type to the brace
  std::size_t line = 0;
  std::size_t lines = 0;  // of head and body
  std::size_t parameters = 0;
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool begins_with_word(std::string_view text, std::string_view word) {
  return text.starts_with(word) && (text.size() == word.size() || !is_word(text[word.size()]));
}

// The head without template<...>, attributes and access labels in front.
std::string_view trimmed_head(std::string_view head) {
  while (true) {
    while (!head.empty() && std::isspace(static_cast<unsigned char>(head.front())) != 0)
      head.remove_prefix(1);
    std::size_t skip = 0;
    for (const std::string_view label : {"public:", "private:", "protected:"}) {
      if (head.starts_with(label)) skip = label.size();
    }
    if (head.starts_with("#")) skip = std::min(head.find('\n'), head.size());
    if (skip == 0) return head;
    head.remove_prefix(skip);
  }
}

// Where the parameter list opens: the first parenthesis outside of template arguments; npos when there is
// none.
std::size_t parameter_list(std::string_view head) {
  int angles = 0;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const bool is_operator = i >= 8 && head.substr(0, i).ends_with("operator");
    if (is_operator) {  // operator<, operator()
      i = head.find('(', head[i] == '(' ? i + 1 : i);
      return i;
    }
    if (head[i] == '<') ++angles;
    if (head[i] == '>') --angles;
    if (head[i] == '(' && angles == 0) return i;
  }
  return std::string_view::npos;
}

std::size_t count_parameters(std::string_view head, std::size_t open) {
  int depth = 0;
  std::size_t commas = 0;
  bool any = false;
  for (std::size_t i = open; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '>' || c == '}' || c == ']') --depth;
    if (depth == 0) break;
    if (c == ',' && depth == 1) ++commas;
    if (is_word(c)) any = true;
  }
  return any ? commas + 1 : 0;
}

bool is_function_head(std::string_view head) {
  static constexpr std::array<std::string_view, 6> types = {"namespace", "class", "struct",
                                                            "enum",      "union", "extern"};
  if (std::ranges::any_of(types, [&](std::string_view type) { return begins_with_word(head, type); }))
    return false;
  const std::size_t open = parameter_list(head);
  if (open == std::string_view::npos) return false;
  return head.substr(0, open).find('=') == std::string_view::npos;  // a variable's initialiser
}

// A brace behind "S(int a) : a_" holds a member's value, not the body.
bool is_member_initialiser(std::string_view head) {
  const std::size_t last = head.find_last_not_of(" \n");
  const std::size_t colon = head.find(") :");
  return last != std::string_view::npos && is_word(head[last]) && colon != std::string_view::npos;
}

// Definitions at namespace and class scope; a lambda counts as a part of the function it stands in.
std::vector<Function> functions_of(const std::string& text) {
  const std::string code = code_only(text);
  std::vector<Function> found;
  std::vector<bool> open_functions;  // by open brace: does it open a function?
  std::size_t inside = 0;            // open functions
  std::size_t head_begin = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '{') {
      const std::string_view head = trimmed_head(std::string_view(code).substr(head_begin, i - head_begin));
      if (inside == 0 && is_member_initialiser(head)) {
        i = code.find('}', i);
        continue;
      }
      const bool opens = inside == 0 && is_function_head(head);
      if (opens) {
        const auto begin = static_cast<std::size_t>(head.data() - code.data());
        const auto line = static_cast<std::size_t>(
            std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(begin), '\n'));
        found.push_back({std::string(head), line + 1, 0, count_parameters(head, parameter_list(head))});
      }
      open_functions.push_back(opens);
      inside += opens ? 1U : 0U;
    } else if (code[i] == '}' && !open_functions.empty()) {
      if (open_functions.back()) {
        --inside;
        const auto line = static_cast<std::size_t>(
            std::count(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(i), '\n'));
        found.back().lines = line + 2 - found.back().line;
      }
      open_functions.pop_back();
    }
    if (inside == 0 && (code[i] == '{' || code[i] == '}' || code[i] == ';')) head_begin = i + 1;
  }
  return found;
}

struct Worst {
  std::size_t value = 0;
  std::string where;
  void see(std::size_t some, const std::string& place) {
    if (some > value) *this = {some, place};
  }
};

void expect_at_most(const Worst& worst, std::size_t ceiling, std::string_view what) {
  EXPECT_LE(worst.value, ceiling) << worst.where << " has " << worst.value << " " << what
                                  << ", the ceiling is " << ceiling;
  if (worst.value < ceiling) std::cout << "lower the ceiling of " << what << " to " << worst.value << "\n";
}

TEST(Tidy, NoFunctionOrParameterListOutgrowsTheWorstOfToday) {
  Worst lines;
  Worst parameters;
  std::size_t count = 0;
  for (const SourceFile& file : product_sources()) {
    for (const Function& function : functions_of(file.text)) {
      const std::string place = file.path + ":" + std::to_string(function.line);
      lines.see(function.lines, place);
      parameters.see(function.parameters, place);
      ++count;
    }
  }
  ASSERT_GT(count, 500U);
  expect_at_most(lines, function_lines_ceiling, "lines in a function");
  expect_at_most(parameters, parameters_ceiling, "parameters");
}

TEST(Tidy, NoFileOutgrowsTheLongestOfToday) {
  Worst worst;
  for (const SourceFile& file : product_sources()) {
    worst.see(static_cast<std::size_t>(std::ranges::count(file.text, '\n')), file.path);
  }
  expect_at_most(worst, file_lines_ceiling, "lines in a file");
}

TEST(Tidy, FunctionsAreMeasuredFromHeadToClosingBrace) {
  const std::vector<Function> functions = functions_of(
      "namespace a {\nstruct S {\n  S(int a, int b) : a_{a}, b_(b) {}\n  int a_ = f({1, 2});\n};\n"
      "// a {brace (here)\nstd::map<int, std::function<void(int, int)>> f(\n    std::pair<int, int> a) {\n"
      "  const auto g = [](int b) {\n    return \"}\";\n  };\n}\n}\n");
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].parameters, 2U);
  EXPECT_EQ(functions[0].lines, 1U);
  EXPECT_EQ(functions[1].line, 7U);
  EXPECT_EQ(functions[1].lines, 6U);
  EXPECT_EQ(functions[1].parameters, 1U);
}

}  // namespace
}  // namespace aisle::test
