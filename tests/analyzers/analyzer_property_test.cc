#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "analyzers/analyzer.h"
#include "analyzers/folding.h"
#include "tests/analyzers/random_text.h"
#include "tests/support/analyzer_invariants.h"

namespace aisle {
namespace {

std::vector<std::shared_ptr<const Analyzer>> every_analyzer() {
  std::vector<std::shared_ptr<const Analyzer>> all;
  for (const std::string& language : Analyzer::languages()) all.push_back(Analyzer::create(language).value());
  return all;
}

const std::vector<std::string>& curated_texts() {
  static const std::vector<std::string> texts{
      "",
      "   ",
      "Apple iPhone14 Pro Max (128 GB) – Space Gray, 6.1\" Display",
      "Women’s Levi's 501® Original Fit Jeans, W28/L32",
      "SONY KDL-40W600B 40-inch LED TV; wi-fi & Bluetooth 5.1.2, A+++",
      "Geschirrspüler „Öko“ 60 cm mit Besteckschublade, 1.999,00 €",
      "Machine à café L'Or Barista, réservoir d’eau 1,5 l",
      "Zapatillas de niño n.º 36 – ¡oferta! ½ precio",
      "小米手机14 Pro 256GB 黑色保护壳（送钢化膜）",
      "ワイヤレスイヤホン Ｂｌｕｅｔｏｏｔｈ５．３ ｶﾞﾗｽﾌｨﾙﾑ付き 第2世代",
      "삼성전자 갤럭시 S24 울트라 256GB",
      "กระเป๋าสะพายข้างผู้หญิง ๒ ใบ",
      "ÇELİK Çaydanlık IŞIKLI 2,5 lt",
      "c++ C# F# disney+ 1,2,3 24/7 a_b x@y.z #1",
      "\xFF\xFE broken \xC3 bytes \xE6\x89",
  };
  return texts;
}

TEST(AnalyzerPromises, HoldOnShopTextsInEveryLanguage) {
  for (const auto& analyzer : every_analyzer()) {
    for (const std::string& text : curated_texts()) {
      EXPECT_EQ(test::broken_promise(*analyzer, text), "") << analyzer->language() << ": " << text;
    }
  }
}

RC_GTEST_PROP(AnalyzerPromises, HoldOnRandomTextsInEveryLanguage, ()) {
  static const auto analyzers = every_analyzer();
  const std::string text = *test::any_text();
  for (const auto& analyzer : analyzers) RC_ASSERT(test::broken_promise(*analyzer, text) == "");
}

RC_GTEST_PROP(Fold, IsStableOnRandomTexts, ()) {
  const std::string once = fold(*test::any_text());
  RC_ASSERT(fold(once) == once);
}

RC_GTEST_PROP(Fold, IsTheSameTheQuickWayAndThroughIcu, ()) {
  const auto characters = *rc::gen::container<std::vector<std::string>>(test::any_character(0x600));
  std::string text;
  for (const std::string& one : characters) text += one;
  RC_ASSERT(fold(text) == fold_general(text));
  const std::string random = *test::any_text();
  RC_ASSERT(fold(random) == fold_general(random));
}

// A soft hyphen folds to nothing, but sends its word the way through ICU.
RC_GTEST_PROP(AnalyzerPromises, QuickWayAndWayThroughIcuFindTheSameTokens, ()) {
  static const auto analyzer = Analyzer::create("none").value();
  const auto characters = *rc::gen::container<std::vector<char>>(
      rc::gen::oneOf(rc::gen::inRange('a', 'z'), rc::gen::inRange('A', 'Z'), rc::gen::inRange('0', '9'),
                     rc::gen::elementOf(std::string(" -&'.,/"))));
  std::string plain;
  std::string hyphened;
  for (const char c : characters) {
    plain += c;
    hyphened += c;
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) hyphened += "\u00AD";
  }
  RC_ASSERT(test::shown(analyzer->index_tokens(plain)) == test::shown(analyzer->index_tokens(hyphened)));
}

RC_GTEST_PROP(NormalizeCode, IsStableOnRandomTexts, ()) {
  const std::string once = normalize_code(*test::any_text());
  RC_ASSERT(normalize_code(once) == once);
}

RC_GTEST_PROP(AnalyzerPromises, StemsAreFolded, ()) {
  static const auto analyzers = every_analyzer();
  const std::string text = *test::any_text();
  for (const auto& analyzer : analyzers) {
    for (const Token& token : analyzer->query_tokens(text)) {
      const std::string stem = analyzer->stem(token.text);
      RC_ASSERT(!stem.empty());
      RC_ASSERT(fold(stem) == stem);
    }
  }
}

}  // namespace
}  // namespace aisle
