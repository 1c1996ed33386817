#include "schemas/index_schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "analyzers/analyzer.h"
#include "base/file.h"
#include "schemas/json_reader.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

// clang-format off
constexpr std::string_view shop = R"json({"index": "shop-de", "id": "sku", "language": "en",
  "fields": {"title": {"type": "text", "search": true, "weight": 10},
             "brand": {"type": "keyword", "facet": true},
             "price": {"type": "decimal", "sort": true, "volatile": true, "path": "/offer/price"}},
  "source": {"type": "postgres", "connection": "host=db", "root": {"table": "products"},
             "document_query": "SELECT * FROM documents WHERE id = ANY($1)",
             "tables": [{"table": "shop.prices", "root": "product_id", "volatile": true},
                        {"table": "brands", "path": "SELECT id FROM products WHERE brand_id::text = ANY($1)"}]}})json";
// clang-format on

// `shop` with the first `from` replaced.
std::string changed(std::string_view from, std::string_view to) {
  std::string text(shop);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::shared_ptr<const IndexSchema> parsed(std::string_view text) {
  auto schema = IndexSchema::parse(text);
  EXPECT_TRUE(schema) << schema.error().message;
  return schema ? *schema : std::make_shared<IndexSchema>();
}

TEST(IndexSchema, EveryCaseOfTheTableIsJudgedAndExplained) {
  const auto text = read_file(AISLE_SOURCE_DIR "/tests/schemas/index_schema_cases.json");
  const auto cases = parse_json(text.value());
  ASSERT_TRUE(cases) << cases.error().message;
  ASSERT_GE(cases->size(), 40U);
  for (const auto& each : *cases) {
    const auto schema = IndexSchema::parse(dump_json(each["document"]));
    const auto name = each["name"].get<std::string>();
    EXPECT_EQ(schema.has_value(), each["valid"].get<bool>())
        << name << ": " << (schema ? "" : schema.error().message);
    if (schema) continue;
    EXPECT_EQ(schema.error().code, ErrorCode::InvalidArgument) << name;
    EXPECT_THAT(schema.error().message, HasSubstr(each["message"].get<std::string>())) << name;
  }
}

// The published JSON Schema knows the pattern only, so that a new analyzer needs no new JSON Schema.
TEST(IndexSchema, EveryLanguageFitsThePublishedPattern) {
  const auto languages = Analyzer::languages();
  EXPECT_FALSE(languages.empty());
  for (const std::string& language : languages) {
    EXPECT_TRUE(language.size() == 2 || language == "none") << language;
    EXPECT_EQ(parsed(changed("\"language\": \"en\"", "\"language\": \"" + language + "\""))->language,
              language);
  }
}

TEST(IndexSchema, EveryExampleOfTheGuideIsValid) {
  const std::string guide = read_file(AISLE_SOURCE_DIR "/docs/schema.md").value();
  constexpr std::string_view fence = "```json\n";
  std::size_t examples = 0;
  for (auto begin = guide.find(fence); begin != std::string::npos; begin = guide.find(fence, begin + 1)) {
    const auto end = guide.find("```", begin + fence.size());
    const auto schema = IndexSchema::parse(guide.substr(begin + fence.size(), end - begin - fence.size()));
    EXPECT_TRUE(schema) << "example " << examples << ": " << schema.error().message;
    ++examples;
  }
  EXPECT_GE(examples, 3U);
}

TEST(IndexSchema, FieldsComeInTheOrderOfTheirNamesWithTheirNumbers) {
  const auto schema = parsed(shop);
  EXPECT_THAT(schema->field_names(), ElementsAre("brand", "price", "title"));
  for (std::size_t i = 0; i < schema->fields.size(); ++i) EXPECT_EQ(schema->fields[i].number, i);
  ASSERT_NE(schema->find("price"), nullptr);
  EXPECT_EQ(schema->find("price")->number, 1);
  EXPECT_EQ(schema->find("prize"), nullptr);
  EXPECT_EQ(schema->find(""), nullptr);
}

TEST(IndexSchema, WhatIsNotGivenHasItsDefault) {
  const auto schema = parsed(R"({"index": "p", "fields": {"t": {"type": "hierarchy", "search": true}}})");
  EXPECT_EQ(schema->id_field, "id");
  EXPECT_EQ(schema->language, "en");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(schema->source));
  const Field& field = schema->fields.front();
  EXPECT_FALSE(field.facet || field.filter || field.sort || field.volatile_value);
  EXPECT_TRUE(field.stored);
  EXPECT_EQ(field.weight, 1);
  EXPECT_EQ(field.decimals, 2);
  EXPECT_EQ(field.language, "en");
  EXPECT_EQ(field.path, "/t");
  EXPECT_EQ(field.separator, " > ");
}

TEST(IndexSchema, FacetImpliesFilter) {
  const auto schema = parsed(shop);
  EXPECT_TRUE(schema->find("brand")->filter);
  EXPECT_FALSE(schema->find("price")->filter);
}

TEST(IndexSchema, FieldsTakeTheLanguageOfTheIndexUnlessTheyHaveTheirOwn) {
  const auto schema = parsed(R"({"index": "p", "language": "de", "fields": {
      "title": {"type": "text", "search": true}, "title_en": {"type": "text", "search": true, "language": "en"}}})");
  EXPECT_EQ(schema->find("title")->language, "de");
  EXPECT_EQ(schema->find("title_en")->language, "en");
}

TEST(IndexSchema, PostgresSourceIsReadWithDefaultsAndQualifiedTables) {
  const auto schema = parsed(shop);
  const auto& source = std::get<PostgresSource>(schema->source);
  EXPECT_EQ(source.connection, "host=db");
  EXPECT_EQ(source.slot, "aisle_shop_de");
  EXPECT_EQ(source.publication, "aisle_shop_de");
  EXPECT_EQ(source.root_table, "public.products");
  EXPECT_EQ(source.root_id, "id");
  EXPECT_EQ(source.volatile_query, "");
  ASSERT_EQ(source.tables.size(), 2U);
  EXPECT_EQ(source.tables[0].table, "shop.prices");
  EXPECT_EQ(source.tables[0].root_column, "product_id");
  EXPECT_TRUE(source.tables[0].only_volatile);
  EXPECT_EQ(source.tables[1].table, "public.brands");
  EXPECT_EQ(source.tables[1].root_column, "");
  EXPECT_EQ(source.tables[1].path_query, "SELECT id FROM products WHERE brand_id::text = ANY($1)");
  EXPECT_EQ(source.tables[1].key, "id");
  EXPECT_FALSE(source.tables[1].only_volatile);
}

TEST(IndexSchema, TwoHundredFieldsAreAllowedAndNoMore) {
  const auto with_fields = [](int count) {
    std::string fields = R"("title": {"type": "text", "search": true})";
    for (int i = 1; i < count; ++i) fields += fmt::format(R"(, "f{}": {{"type": "int"}})", i);
    return IndexSchema::parse(R"({"index": "p", "fields": {)" + fields + "}}");
  };
  EXPECT_TRUE(with_fields(200));
  const auto refused = with_fields(201);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "/fields has 201 fields, the limit is 200");
}

TEST(IndexSchema, ThirtyTwoSearchFieldsAreAllowed) {
  std::string fields;
  for (int i = 0; i < 32; ++i)
    fields += fmt::format(R"({}"t{}": {{"type": "text", "search": true}})", i == 0 ? "" : ", ", i);
  EXPECT_TRUE(IndexSchema::parse(R"({"index": "p", "fields": {)" + fields + "}}"));
}

TEST(IndexSchema, HashStaysWhenOnlyWeightsConnectionOrTablesChange) {
  const std::string hash = parsed(shop)->hash;
  EXPECT_EQ(hash.size(), 16U);
  EXPECT_EQ(parsed(changed("\"weight\": 10", "\"weight\": 20"))->hash, hash);
  EXPECT_EQ(parsed(changed("host=db", "host=other"))->hash, hash);
  EXPECT_EQ(parsed(changed("\"shop.prices\"", "\"shop.offers\""))->hash, hash);
  EXPECT_EQ(parsed(changed("\"facet\": true", "\"filter\": true, \"facet\": true"))->hash, hash)
      << "implied anyway";
  EXPECT_EQ(parsed(changed("\"language\": \"en\",", "// English\n\"language\": \"en\","))->hash, hash);
}

TEST(IndexSchema, HashChangesWithEverythingThatDecidesTheContent) {
  const std::string hash = parsed(shop)->hash;
  EXPECT_NE(parsed(changed("\"language\": \"en\"", "\"language\": \"de\""))->hash, hash);
  EXPECT_NE(parsed(changed("\"sku\"", "\"ean\""))->hash, hash);
  EXPECT_NE(parsed(changed("documents", "other_documents"))->hash, hash);
  EXPECT_NE(parsed(changed("\"brand\": {", "\"maker\": {"))->hash, hash);
  EXPECT_NE(parsed(changed("/offer/price", "/offer/net"))->hash, hash);
  EXPECT_NE(parsed(changed("\"sort\": true", "\"sort\": true, \"decimals\": 3"))->hash, hash);
  EXPECT_NE(parsed(changed("\"sort\": true", "\"sort\": false"))->hash, hash);
  EXPECT_NE(parsed(changed("\"facet\": true", "\"facet\": true, \"search\": true"))->hash, hash);
  EXPECT_NE(parsed(changed("\"facet\": true", "\"facet\": true, \"stored\": false"))->hash, hash);
}

TEST(IndexSchema, LoadFindsTheFileOfProductsBesideTheSchema) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "products.schema.json";
  const auto write = [&](const std::string& path) {
    std::ofstream(file)
        << R"({"index": "p", "fields": {"t": {"type": "text", "search": true}}, "source": {"type": "file", "path": ")" +
               path + "\"}}";
  };
  write("data/products.csv");
  EXPECT_EQ(std::get<FileSource>(IndexSchema::load(file).value()->source).path,
            folder.path() / "data/products.csv");
  write("/var/products.jsonl.gz");
  EXPECT_EQ(std::get<FileSource>(IndexSchema::load(file).value()->source).path, "/var/products.jsonl.gz");
}

TEST(IndexSchema, LoadErrorsStartWithTheFileName) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "products.schema.json";
  EXPECT_EQ(IndexSchema::load(file).error().code, ErrorCode::NotFound);
  std::ofstream(file) << "{\"index\": \"p\",\n}";
  EXPECT_THAT(IndexSchema::load(file).error().message, StartsWith(file.string() + ": line 2, column 1: "));
}

}  // namespace
}  // namespace aisle
