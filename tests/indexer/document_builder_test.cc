#include "indexer/document_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/indexer/shop.h"

namespace aisle {
namespace {

using test::field_number;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const DocumentBuilder& builder() {
  static const auto made = DocumentBuilder::create(test::shop_schema()).value();
  return *made;
}

Document built(std::string_view record) {
  auto document = builder().build(record);
  EXPECT_TRUE(document) << document.error().message;
  return document.value_or(Document());
}

Error refusal(std::string_view record) {
  auto document = builder().build(record);
  EXPECT_FALSE(document);
  return document ? Error() : document.error();
}

std::vector<std::string> words(const Document& document, std::string_view field) {
  std::vector<std::string> found;
  for (const FieldTokens& texts : document.texts) {
    if (texts.field != field_number(field)) continue;
    for (const IndexToken& token : texts.tokens) found.push_back(token.term);
  }
  return found;
}

std::vector<std::string> keywords(const Document& document, std::string_view field) {
  for (const KeywordCell& cell : document.keywords) {
    if (cell.field == field_number(field)) return cell.values;
  }
  return {};
}

std::optional<std::int64_t> number(const Document& document, std::string_view field) {
  for (const NumberCell& cell : document.numbers) {
    if (cell.field == field_number(field)) return cell.value;
  }
  return std::nullopt;
}

TEST(DocumentBuilder, EveryKindOfFieldFindsItsPlace) {
  const Document document =
      built(R"({"id": "p1", "title": "Steel Kettle", "brand": "Nordal", "tags": ["b", "a", "b"],
    "sku": "KD-40/B", "category": "Kitchen > Kettles", "specs": {"width": "40"}, "weight": "1.2345",
    "organic": true, "added": "1970-01-02", "price": 12.5, "stock": 3})");
  EXPECT_EQ(document.id, "p1");
  EXPECT_THAT(words(document, "title"), ElementsAre("steel", "kettle"));
  EXPECT_THAT(words(document, "brand"), ElementsAre("nordal"));
  EXPECT_THAT(keywords(document, "brand"), ElementsAre("Nordal"));
  EXPECT_THAT(keywords(document, "tags"), ElementsAre("a", "b"));
  EXPECT_THAT(words(document, "sku"), ElementsAre("kd40b"));
  EXPECT_THAT(keywords(document, "sku"), ElementsAre("kd40b"));
  EXPECT_THAT(keywords(document, "category"), ElementsAre("Kitchen", "Kitchen > Kettles"));
  EXPECT_THAT(words(document, "category"), ElementsAre("kitchen", "kettles"));
  EXPECT_EQ(number(document, "width"), 40);
  EXPECT_EQ(number(document, "weight"), 1235);
  EXPECT_EQ(number(document, "organic"), 1);
  EXPECT_EQ(number(document, "added"), 86'400);
  EXPECT_EQ(number(document, "price"), 1250);
  EXPECT_EQ(number(document, "stock"), 3);
}

TEST(DocumentBuilder, CellsAndTextsAreOrderedByField) {
  const Document document =
      built(R"({"id": 1, "title": "a", "brand": "b", "tags": "t", "sku": "s", "price": 1,
    "added": 1700000000, "organic": 0, "category": "c", "notes": "n"})");
  const auto ordered = [](const auto& cells) {
    return std::ranges::is_sorted(cells, {}, [](const auto& cell) { return cell.field; });
  };
  EXPECT_TRUE(ordered(document.texts));
  EXPECT_TRUE(ordered(document.numbers));
  EXPECT_TRUE(ordered(document.keywords));
  EXPECT_EQ(decode_document(encode_document(document)).value(), document);
}

TEST(DocumentBuilder, MissingAndNullMembersAreAbsent) {
  const Document document =
      built(R"({"id": "p1", "title": null, "price": null, "brand": [], "sku": "", "specs": 7})");
  EXPECT_THAT(document.texts, IsEmpty());
  EXPECT_THAT(document.numbers, IsEmpty());
  EXPECT_THAT(document.keywords, IsEmpty());
}

TEST(DocumentBuilder, ElementsOfATextArrayLieApart) {
  const Document document = built(R"({"id": "p1", "title": ["red shoe", "", "blue"]})");
  ASSERT_EQ(document.texts.size(), 1U);
  const auto& tokens = document.texts[0].tokens;
  ASSERT_EQ(tokens.size(), 3U);
  EXPECT_EQ(tokens[1].position, 1U);
  EXPECT_EQ(tokens[2].term, "blue");
  EXPECT_EQ(tokens[2].position, 2U + DocumentBuilder::element_gap);
}

TEST(DocumentBuilder, OnlyUnmixedWordsAndPartsCountForTheLength) {
  const Document document = built(R"({"id": "p1", "title": "iphone14 case"})");
  std::map<std::string, bool> base;
  for (const IndexToken& token : document.texts.at(0).tokens) base[token.term] = token.base;
  for (const char* counted : {"iphone", "14", "case"})
    EXPECT_TRUE(base.contains(counted) && base[counted]) << counted;
  for (const char* other : {"iphone14", "iphone14case"})
    EXPECT_TRUE(base.contains(other) && !base[other]) << other;
}

TEST(DocumentBuilder, StoredKeepsUnknownMembersAndDropsVolatileAndUnstored) {
  const Document document = built(
      R"({"id": "p1", "title": "T", "notes": "secret", "price": 3, "stock": 1, "specs": {"width": 4, "x": [1]}})");
  EXPECT_EQ(document.stored, R"({"id":"p1","specs":{"width":4,"x":[1]},"title":"T"})");
  EXPECT_THAT(words(document, "notes"), ElementsAre("secret"));
}

TEST(DocumentBuilder, AValueThatTwoFieldsReadStaysWhileOneWantsItStored) {
  const auto schema = test::shop_schema(R"({"index": "s", "id": "id", "language": "en", "fields": {
    "title": {"type": "text", "search": true}, "title_exact": {"type": "keyword", "filter": true, "path": "/title",
    "stored": false}}, "source": {"type": "file", "path": "p.jsonl"}})");
  const auto made = DocumentBuilder::create(schema).value()->build(R"({"id": "1", "title": "A"})");
  EXPECT_EQ(made.value().stored, R"({"id":"1","title":"A"})");
}

TEST(DocumentBuilder, OrderOfMembersDoesNotMatter) {
  EXPECT_EQ(built(R"({"id": "p1", "title": "A", "brand": "B"})"),
            built(R"({"brand":"B","title":"A","id":"p1"})"));
}

TEST(DocumentBuilder, BadValuesFailTheDocumentAndNameTheField) {
  const Error price = refusal(R"({"id": "p1", "price": "12,50"})");
  EXPECT_EQ(price.code, ErrorCode::InvalidArgument);
  EXPECT_EQ(price.message, "price is \"12,50\", expected a number such as 12.50");
  EXPECT_THAT(refusal(R"({"id": "p1", "title": {"en": "x"}})").message, HasSubstr("title is an object"));
  EXPECT_THAT(refusal(R"({"id": "p1", "title": ["x", {}]})").message, HasSubstr("title is an object"));
  EXPECT_THAT(refusal(R"({"id": "p1", "brand": {"a": 1}})").message, HasSubstr("brand is an object"));
  EXPECT_THAT(refusal(R"([1])").message, HasSubstr("not a JSON object"));
  EXPECT_EQ(refusal(R"({"id": "p1",)").code, ErrorCode::InvalidArgument);
}

TEST(DocumentBuilder, IdsAreTextsOrIntegersWithinTheirLimit) {
  EXPECT_EQ(built(R"({"id": 42})").id, "42");
  EXPECT_EQ(built("{\"id\": \"" + std::string(128, 'x') + "\"}").id.size(), 128U);
  EXPECT_EQ(refusal("{\"id\": \"" + std::string(129, 'x') + "\"}").message,
            "id has 129 bytes, the limit is 128");
  EXPECT_THAT(refusal(R"({"title": "x"})").message, HasSubstr("id is missing"));
  EXPECT_THAT(refusal(R"({"id": null})").message, HasSubstr("id is missing"));
  EXPECT_THAT(refusal(R"({"id": ""})").message, HasSubstr("expected 1 to 128 bytes"));
  EXPECT_THAT(refusal(R"({"id": 1.5})").message, HasSubstr("id is 1.5"));
  EXPECT_THAT(refusal("{\"id\": \"a\\nb\"}").message, HasSubstr("control character"));
}

TEST(DocumentBuilder, StoredTextHasALimit) {
  const std::string frame = R"({"id":"p1","rest":""})";
  const auto record = [&](std::size_t bytes) {
    return R"({"id":"p1","rest":")" + std::string(bytes - frame.size(), 'x') + "\"}";
  };
  EXPECT_EQ(built(record(DocumentBuilder::stored_bytes_max)).stored.size(),
            DocumentBuilder::stored_bytes_max);
  const Error large = refusal(record(DocumentBuilder::stored_bytes_max + 1));
  EXPECT_EQ(large.code, ErrorCode::TooLarge);
  EXPECT_THAT(large.message, HasSubstr("1048577 bytes, the limit is 1048576"));
}

TEST(DocumentBuilder, TextBeyondTheLimitIsStoredButNotSearched) {
  std::string text(Analyzer::text_bytes_max - 2, ' ');
  const Document document = built(R"({"id":"p1","title":[")" + text + R"(a", "b", "lost"]})");
  EXPECT_THAT(words(document, "title"), ElementsAre("a", "b"));
  EXPECT_THAT(document.stored, HasSubstr("lost"));
}

TEST(DocumentBuilder, ValuesReadOnlyTheVolatileFields) {
  const auto values =
      builder().build_values(R"({"id": 7, "price": "9.99", "stock": null, "title": {"bad": 1}})");
  ASSERT_TRUE(values) << values.error().message;
  EXPECT_EQ(values->id, "7");
  EXPECT_THAT(values->numbers, ElementsAre(NumberCell{field_number("price"), 999},
                                           NumberCell{field_number("stock"), missing_number}));
  EXPECT_THAT(builder().build_values(R"({"id": 7})").value().numbers, IsEmpty());
  EXPECT_FALSE(builder().build_values(R"({"id": 7, "price": "x"})"));
}

}  // namespace
}  // namespace aisle
