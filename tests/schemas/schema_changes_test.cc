#include "schemas/schema_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<const IndexSchema> schema(const std::string& fields, const std::string& more = "") {
  auto parsed = IndexSchema::parse("{\"index\": \"products\", \"fields\": {" + fields + "}" + more + "}");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return *parsed;
}

constexpr const char* title = R"("title": {"type": "text", "search": true, "weight": 10})";

TEST(SchemaChanges, NamesEachDifferenceOfTheContent) {
  const auto from = schema(std::string(title) + R"(, "brand": {"type": "keyword"}, "gone": {"type": "int"})");
  const auto to =
      schema(std::string(title) + R"(, "brand": {"type": "keyword", "facet": true, "filter": true},
                                               "new": {"type": "bool"})",
             R"(, "language": "de")");
  EXPECT_THAT(
      content_changes(*from, *to),
      ElementsAre("language was \"en\", is \"de\"", "field brand: facet was false, is true",
                  "field brand: filter was false, is true", "field brand: language was \"en\", is \"de\"",
                  "field gone is gone", "field title: language was \"en\", is \"de\"", "field new is new"));
}

TEST(SchemaChanges, AreThereExactlyWhenTheHashesDiffer) {
  const std::string source = R"(, "source": {"type": "postgres", "root": {"table": "public.p"},
      "document_query": ")";
  const std::vector<std::shared_ptr<const IndexSchema>> schemas = {
      schema(title),
      schema(R"("title": {"type": "text", "search": true, "weight": 3})"),
      schema(R"("title": {"type": "code", "search": true})"),
      schema(R"("title": {"type": "code", "search": true, "infix": true})"),
      schema(title, R"(, "id": "sku")"),
      schema(std::string(title) + R"(, "p": {"type": "decimal"})"),
      schema(std::string(title) + R"(, "p": {"type": "decimal", "decimals": 3})"),
      schema(std::string(title) + R"(, "p": {"type": "int", "search": true, "unit": "gb"})"),
      schema(std::string(title) + R"(, "p": {"type": "int", "search": true, "unit": "gb", "label": "ram"})"),
      schema(std::string(title) + R"(, "p": {"type": "int", "search": true, "unit": "tb"})"),
      schema(title, source + "SELECT id, title FROM p WHERE id = ANY($1)\"}"),
      schema(title, source + "SELECT id, upper(title) AS title FROM p WHERE id = ANY($1)\"}")};
  for (const auto& from : schemas) {
    for (const auto& to : schemas) {
      EXPECT_EQ(content_changes(*from, *to).empty(), from->hash == to->hash) << from->text << "\n"
                                                                             << to->text;
    }
  }
  EXPECT_THAT(content_changes(*schemas[0], *schemas[1]), IsEmpty());
  EXPECT_THAT(content_changes(*schemas[2], *schemas[3]), IsEmpty()) << "parts of codes need no reindex";
}

}  // namespace
}  // namespace aisle::test
