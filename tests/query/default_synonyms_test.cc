#include "query/default_synonyms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/index_context.h"

namespace aisle {
namespace {

using testing::Contains;
using testing::IsEmpty;

SynonymTable table(const std::string& language, const std::string& synonyms) {
  const auto schema = IndexSchema::parse(R"({"index": "a", "language": ")" + language + R"(", )" + synonyms +
                                         R"("fields": {"title": {"type": "text", "search": true}}})");
  return (*IndexContext::create(schema.value(), {}))->synonyms;
}

TEST(DefaultSynonyms, AreThoseOfTheLanguageUnlessTheSchemaNamesSome) {
  EXPECT_THAT(table("en", "").words["fridge"], Contains("refrigerator"));
  EXPECT_THAT(table("de", "").words, IsEmpty());
  EXPECT_THAT(table("en", R"("synonyms": [], )").words, IsEmpty());
  const SynonymTable own = table("en", R"("synonyms": [["sofa", "divan"]], )");
  EXPECT_THAT(own.words, testing::UnorderedElementsAre(testing::Key("sofa"), testing::Key("divan")));
  EXPECT_THAT(own.phrases, IsEmpty());
}

}  // namespace
}  // namespace aisle
