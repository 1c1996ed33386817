// Properties of all languages on random texts. The seed is printed; RC_PARAMS="seed=..." repeats a run.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "analyzers/analyzer.h"
#include "analyzers/folding.h"
#include "base/utf8.h"
#include "tests/support/analyzer_invariants.h"
#include "tests/support/random_text.h"

namespace aisle {
namespace {

const std::vector<std::shared_ptr<const Analyzer>>& all_analyzers() {
  static const auto analyzers = [] {
    std::vector<std::shared_ptr<const Analyzer>> made;
    for (const std::string& language : Analyzer::languages())
      made.push_back(Analyzer::create(language).value());
    return made;
  }();
  return analyzers;
}

const Analyzer& english() {
  static const auto analyzer = Analyzer::create("en").value();
  return *analyzer;
}

RC_GTEST_PROP(AnalyzerProperty, InvariantsHoldInEveryLanguage, ()) {
  const std::string text = *random_shop_text();
  for (const auto& analyzer : all_analyzers()) RC_ASSERT(broken_analyzer_invariant(*analyzer, text) == "");
}

RC_GTEST_PROP(AnalyzerProperty, InvariantsHoldOnAscii, ()) {
  const std::string text = *random_ascii_text();
  for (const auto& analyzer : all_analyzers()) RC_ASSERT(broken_analyzer_invariant(*analyzer, text) == "");
}

RC_GTEST_PROP(AnalyzerProperty, FoldingTwiceIsFoldingOnce, ()) {
  const std::string once = fold(*random_shop_text());
  RC_ASSERT(is_valid_utf8(once));
  RC_ASSERT(fold(once) == once);
}

// Of words that are not cut by a dictionary: it looks at what stands around them.
RC_GTEST_PROP(AnalyzerProperty, AnalysingTheWordsOfAQueryGivesThemAgain, ()) {
  const std::string text = *rc::gen::oneOf(random_shop_text(), random_ascii_text());
  for (const auto& analyzer : all_analyzers()) {
    for (const Token& token : analyzer->query_tokens(text)) {
      if (std::any_of(token.text.begin(), token.text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0xE0; }))
        continue;
      const std::vector<Token> again = analyzer->query_tokens(token.text);
      RC_ASSERT(again.size() == 1U);
      RC_ASSERT(again.front().text == token.text);
    }
  }
}

RC_GTEST_PROP(AnalyzerProperty, NormalizingACodeTwiceIsNormalizingItOnce, ()) {
  const std::string once = normalize_code(*random_ascii_text());
  RC_ASSERT(normalize_code(once) == once);
}

RC_GTEST_PROP(AnalyzerProperty, AsciiFoldsAsThroughIcu, ()) {
  const std::string text = *random_ascii_text();
  RC_ASSERT(fold(text) == fold_general(text));
}

RC_GTEST_PROP(AnalyzerProperty, QuickFoldingAgreesWithIcu, ()) {
  const std::string text = *random_shop_text();
  RC_ASSERT(fold(text) == fold_general(text));
}

// A soft hyphen changes nothing about a word but sends it through ICU.
RC_GTEST_PROP(AnalyzerProperty, AsciiWordsAreTheSameWhenTheyGoThroughIcu, ()) {
  const std::string text = *random_ascii_text();
  std::string slow;
  for (const char c : text) {
    slow += c;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) slow += "\u00AD";
  }
  const std::vector<Token> quick_tokens = english().index_tokens(text);
  const std::vector<Token> slow_tokens = english().index_tokens(slow);
  RC_ASSERT(quick_tokens.size() == slow_tokens.size());
  for (std::size_t i = 0; i < quick_tokens.size(); ++i) {
    RC_ASSERT(quick_tokens[i].text == slow_tokens[i].text);
    RC_ASSERT(quick_tokens[i].position == slow_tokens[i].position);
    RC_ASSERT(quick_tokens[i].kind == slow_tokens[i].kind);
  }
}

// Whoever types a word as the index holds it must find it.
RC_GTEST_PROP(AnalyzerProperty, AnAsciiWordIsItsOwnQuery, ()) {
  for (const Token& token : english().index_tokens(*random_ascii_text())) {
    if (token.kind != TokenKind::Word || token.text.size() == Analyzer::token_bytes_max) continue;
    const std::vector<Token> query = english().query_tokens(token.text);
    RC_ASSERT(query.size() == 1U);
    RC_ASSERT(query.front().text == token.text);
  }
}

}  // namespace
}  // namespace aisle
