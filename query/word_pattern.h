// The query condition of a rule: rows of analysed words, no regular expressions.
#pragma once
#include <span>
#include <string>
#include <vector>

#include "analyzers/analyzer.h"
#include "schemas/ranking.h"

namespace aisle {

struct WordPattern {
  struct Word {
    std::string text;
    bool beginning = false;  // written with *: any word that begins so
    friend auto operator<=>(const Word&, const Word&) = default;
  };
  PatternKind kind = PatternKind::Equals;
  std::vector<Word> words;
  friend auto operator<=>(const WordPattern&, const WordPattern&) = default;

  // Pure. `query` as the planner takes it: folded, in order.
  bool matches(std::span<const std::string> query) const;
};

// Analysed as a query is; the * of a word is read before.
WordPattern compile_pattern(const RuleCondition::Pattern& pattern, const Analyzer& analyzer);

}  // namespace aisle
