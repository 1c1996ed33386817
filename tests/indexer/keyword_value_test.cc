#include "indexer/keyword_value.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace aisle {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Field field(FieldType type) {
  Field made;
  made.name = "brand";
  made.type = type;
  return made;
}

TEST(KeywordValue, ScalarsAndArraysOfThemBecomeTexts) {
  const Field brand = field(FieldType::Keyword);
  EXPECT_THAT(keyword_values(brand, "Nordal").value(), ElementsAre("Nordal"));
  EXPECT_THAT(keyword_values(brand, 12).value(), ElementsAre("12"));
  EXPECT_THAT(keyword_values(brand, 1.5).value(), ElementsAre("1.5"));
  EXPECT_THAT(keyword_values(brand, true).value(), ElementsAre("true"));
  EXPECT_THAT(keyword_values(brand, json::parse(R"(["b", null, "", "a", 3])")).value(),
              ElementsAre("b", "a", "3"));
  EXPECT_THAT(keyword_values(brand, json::array()).value(), IsEmpty());
}

TEST(KeywordValue, ObjectsAndNestedArraysAreRefused) {
  const auto refused = keyword_values(field(FieldType::Keyword), json::parse(R"({"name": "Nordal"})"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("brand is an object, expected a text"));
  EXPECT_FALSE(keyword_values(field(FieldType::Keyword), json::parse(R"([["x"]])")));
}

TEST(KeywordValue, LongValuesAreCutBetweenCodePoints) {
  const Field brand = field(FieldType::Keyword);
  EXPECT_EQ(keyword_values(brand, std::string(256, 'x')).value()[0].size(), 256U);
  EXPECT_EQ(keyword_values(brand, std::string(257, 'x')).value()[0].size(), 256U);
  EXPECT_EQ(keyword_values(brand, std::string(255, 'x') + "é").value()[0], std::string(255, 'x'));
}

TEST(KeywordValue, TooManyValuesAreRefusedWithTheLimit) {
  json values = json::array();
  for (int i = 0; i < 1000; ++i) values.push_back(i);
  EXPECT_TRUE(keyword_values(field(FieldType::Keyword), values));
  values.push_back(1000);
  const auto refused = keyword_values(field(FieldType::Keyword), values);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::TooLarge);
  EXPECT_EQ(refused.error().message, "brand has 1001 values, the limit is 1000");
}

TEST(KeywordValue, CodesAreNormalised) {
  EXPECT_THAT(
      code_values(field(FieldType::Code), json::parse(R"(["KDL-40 W600/B", 4012345678901, "--"])")).value(),
      ElementsAre("kdl40w600b", "4012345678901"));
}

TEST(KeywordValue, HierarchiesMayComeAsPathLevelsOrPaths) {
  const Field category = field(FieldType::Hierarchy);
  const auto paths = [&](const char* text) { return hierarchy_paths(category, json::parse(text)).value(); };
  EXPECT_THAT(paths(R"("TV > LED")"), ElementsAre("TV > LED"));
  EXPECT_THAT(paths(R"(["TV", "LED", "40 inch"])"), ElementsAre("TV > LED > 40 inch"));
  EXPECT_THAT(paths(R"(["TV > LED", "Sale"])"), ElementsAre("TV > LED", "Sale"));
  EXPECT_THAT(paths(R"([["TV", "LED"], ["Sale"]])"), ElementsAre("TV > LED", "Sale"));
  EXPECT_THAT(paths(R"("  TV  >   LED > ")"), ElementsAre("TV > LED"));
  EXPECT_THAT(paths(R"("")"), IsEmpty());
  EXPECT_FALSE(hierarchy_paths(category, json::parse(R"([["TV"], "Sale"])")));
}

TEST(KeywordValue, HierarchiesDeeperThanTheLimitAreRefused) {
  std::vector<std::string> levels(32, "x");
  EXPECT_TRUE(hierarchy_paths(field(FieldType::Hierarchy), levels));
  levels.emplace_back("x");
  const auto refused = hierarchy_paths(field(FieldType::Hierarchy), levels);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "brand has 33 levels, the limit is 32");
}

TEST(KeywordValue, EveryAncestorOfAPathIsListed) {
  EXPECT_THAT(ancestors(field(FieldType::Hierarchy), "A > B > C"), ElementsAre("A", "A > B", "A > B > C"));
  const std::string long_level(300, 'x');
  EXPECT_THAT(ancestors(field(FieldType::Hierarchy), "A > " + long_level), ElementsAre("A"));
  EXPECT_THAT(ancestors(field(FieldType::Hierarchy), long_level), ElementsAre(std::string(256, 'x')));
}

}  // namespace
}  // namespace aisle
