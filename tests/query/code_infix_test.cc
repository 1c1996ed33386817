#include "query/code_infix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "query/search.h"
#include "tests/support/catalogue.h"
#include "tests/support/random.h"

namespace aisle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> found_in(const TermDictionary& terms, std::string_view part) {
  std::vector<std::string> found;
  for_terms_with(terms, part, [&](TermId term) {
    found.emplace_back(terms.term(term));
    return true;
  });
  return found;
}

TEST(CodeInfix, APartDoesNotReachIntoTheNextTerm) {
  const TermDictionary terms = TermDictionary::build({"ab12", "34cd", "x1234", "z"});
  EXPECT_THAT(found_in(terms, "1234"), ElementsAre("x1234"));
  EXPECT_THAT(found_in(terms, "34cd"), ElementsAre("34cd"));
  EXPECT_THAT(found_in(terms, "34cdx"), IsEmpty());
  EXPECT_THAT(found_in(TermDictionary(), "1234"), IsEmpty());
}

TEST(CodeInfix, FindsWhatLookingAtEveryTermFinds) {
  std::size_t found = 0;
  const Seeds all = seeds(300);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(Seeds::trace(seed));
    Random random(seed);
    std::set<std::string> texts;
    for (std::uint64_t i = random.below(120); i > 0; --i) {
      std::string text;
      for (std::uint64_t letters = 1 + random.below(12); letters > 0; --letters)
        text += random.one_of<std::string>({"1", "1", "2", "a"});
      texts.insert(text);
    }
    const TermDictionary terms = TermDictionary::build({texts.begin(), texts.end()});
    std::string part;
    for (std::uint64_t letters = infix_least + random.below(4); letters > 0; --letters)
      part += random.one_of<std::string>({"1", "1", "2", "a"});
    std::vector<std::string> expected;
    for (const std::string& text : texts) {
      if (text.find(part) != std::string::npos) expected.push_back(text);
    }
    ASSERT_EQ(found_in(terms, part), expected) << part;
    found += expected.size();
  }
  EXPECT_GT(found, all.count);
}

class CodeInfixTest : public testing::Test {
 protected:
  std::vector<std::string> codes(std::string_view part, std::size_t count_max) const {
    std::vector<const SegmentView*> segments;
    for (const auto& image : view_.shards) {
      for (const SegmentView& segment : image->segments) segments.push_back(&segment);
    }
    return codes_with(part, *view_.context, segments, *view_.statistics, count_max);
  }

  const Catalogue shop_{R"({"index": "parts", "fields": {
      "title": {"type": "text", "search": true},
      "sku": {"type": "code", "search": true},
      "part": {"type": "code", "search": true, "infix": true}}})"};
  View view_ =
      shop_.grow(shop_.upserts({R"({"id": "1", "title": "x12345", "sku": "Y-12345"})",
                                R"({"id": "2", "part": "C-12345"})", R"({"id": "3", "part": "B-12345"})",
                                R"({"id": "4", "part": "D-12345"})", R"({"id": "5", "part": "D-12345"})",
                                R"({"id": "6", "part": "E-12354"})"}),
                 2);
};

TEST_F(CodeInfixTest, TheMostFrequentCodesOfFieldsThatWantItComeFirst) {
  EXPECT_THAT(codes("1234", 9), ElementsAre("d12345", "b12345", "c12345"));
  EXPECT_THAT(codes("1234", 2), ElementsAre("d12345", "b12345"));
  EXPECT_THAT(codes("1234", 1), ElementsAre("d12345"));
  EXPECT_THAT(codes("123", 9), IsEmpty());
  EXPECT_THAT(codes("1234", 0), IsEmpty());
}

TEST_F(CodeInfixTest, ProductsThatAreGoneHaveNoCodes) {
  std::vector<Op> ops =
      shop_.upserts({R"({"id": "1", "part": "A-1234"})", R"({"id": "2", "part": "B-1234"})"});
  Op gone;
  gone.kind = OpKind::Delete;
  gone.id = "1";
  ImageBuilder builder(shop_.context(), std::make_shared<Image>());
  ASSERT_TRUE(builder.apply(ops, 1));
  ASSERT_TRUE(builder.apply(std::vector<Op>{gone}, 2));
  view_.shards = {builder.image()};
  EXPECT_THAT(codes("1234", 9), ElementsAre("b1234"));
}

TEST(CodePart, NeedsFourCharactersAndADigit) {
  EXPECT_TRUE(is_code_part("a123"));
  EXPECT_FALSE(is_code_part("123"));
  EXPECT_FALSE(is_code_part("abcd"));
}

}  // namespace
}  // namespace aisle::test
