#include "query/value_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/support/catalogue.h"

namespace aisle {
namespace {

using test::Catalogue;
using testing::ElementsAre;
using testing::Pair;
using testing::UnorderedElementsAre;

std::string schema_text(const std::string& language) {
  return R"({"index": "shop", "id": "id", "language": ")" + language + R"(", "fields": {
    "title": {"type": "text", "search": true},
    "brand": {"type": "keyword", "search": true, "facet": true},
    "kind": {"type": "hierarchy", "search": true, "facet": true},
    "maker": {"type": "keyword", "search": true, "facet": true, "language": "en"}},
    "source": {"type": "file", "path": "p.jsonl"}})";
}

class Named {
 public:
  explicit Named(const std::vector<std::string>& records, const std::string& language = "en")
      : shop_(schema_text(language)),
        view_(shop_.grow(shop_.upserts(records), 1)),
        segment_(view_.shards.front()->segments.front().segment),
        names_(*segment_, *shop_.context()) {}

  // Names of a field by the word they are looked up by: the words, and the products with the value.
  std::multimap<std::string, std::string> of(const std::string& field) const {
    const std::uint16_t number = shop_.schema()->find(field)->number;
    std::multimap<std::string, std::string> found;
    for (TermId term = 0; term < segment_->terms.size(); ++term) {
      names_.each(number, term, [&](const ValueNames::Name& name) {
        EXPECT_EQ(name.words[name.place], term);
        std::string text;
        for (const TermId word : name.words) text += std::string(segment_->terms.term(word)) + " ";
        names_.documents(number, name.code).each([&](std::uint32_t document) {
          text += segment_->ids.of(document);
        });
        found.emplace(segment_->terms.term(term), text);
      });
    }
    return found;
  }

 private:
  const Catalogue shop_;
  const View view_;
  const std::shared_ptr<const Segment> segment_;
  const ValueNames names_;
};

TEST(ValueNames, AreLookedUpByTheirRarestWordAndHaveNoStopWords) {
  const Named shop(
      {R"({"id": "1", "title": "black kettle", "brand": "Black & Decker"})",
       R"({"id": "2", "title": "black pan", "brand": "The North Face"})",
       R"({"id": "3", "title": "face", "brand": "the"})",
       R"({"id": "4", "title": "pan", "brand": "a name of one two three four five six words"})"});
  EXPECT_THAT(shop.of("brand"),
              UnorderedElementsAre(Pair("decker", "black decker 1"), Pair("north", "north face 2")));
}

TEST(ValueNames, OfAHierarchyAreThoseOfItsLevels) {
  const Named shop({R"({"id": "1", "title": "x", "kind": "Home > TV sets"})",
                    R"({"id": "2", "title": "x", "kind": ["Home > TV", "Toys"]})"});
  EXPECT_THAT(shop.of("kind"), UnorderedElementsAre(Pair("home", "home 12"), Pair("sets", "tv sets 1"),
                                                    Pair("toys", "toys 2"), Pair("tv", "tv 2")));
}

// Many products with a value are kept in another way than few.
TEST(ValueNames, KnowTheProductsOfCommonValuesAndOfRareOnes) {
  std::vector<std::string> records;
  for (int i = 10; i < 60; ++i)
    records.push_back(R"({"id": ")" + std::to_string(i) + R"(", "title": "x", "brand": ")" +
                      (i == 30 ? "Velo" : "Nordal") + R"("})");
  const Named shop(records);
  const auto names = shop.of("brand");
  EXPECT_EQ(names.find("velo")->second, "velo 30");
  EXPECT_EQ(names.find("nordal")->second.size(), std::string("nordal ").size() + 49 * 2);
}

// An English field keeps "l'oreal" in one, a French query asks for "oreal": whether other products hold the word
// must not matter.
TEST(ValueNames, OfAnotherLanguageMustBeHeldByTheirProducts) {
  const std::vector<std::string> records = {
      R"({"id": "1", "title": "oreal", "maker": "L'Oreal", "brand": "L'Oreal"})",
      R"({"id": "2", "title": "x", "maker": "Nordal"})"};
  EXPECT_THAT(Named(records, "fr").of("maker"), ElementsAre(Pair("nordal", "nordal 2")));
  EXPECT_THAT(Named(records, "fr").of("brand"), ElementsAre(Pair("oreal", "oreal 1")));
  EXPECT_EQ(Named(records).of("maker").size(), 2U);
}

}  // namespace
}  // namespace aisle
