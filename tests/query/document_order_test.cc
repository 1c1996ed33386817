#include "query/document_order.h"

#include <gtest/gtest.h>

#include "query/segment_builder.h"
#include "query/segment_merge.h"

namespace aisle {
namespace {

using Numbers = std::vector<std::uint32_t>;

TEST(DocumentOrder, IsByLengthThenByGroupThenById) {
  EXPECT_EQ(document_numbers(std::vector<std::uint8_t>{3, 0, 255, 3, 1, 0}, {}), (Numbers{3, 0, 5, 4, 2, 1}));
  EXPECT_EQ(document_numbers(std::vector<std::uint8_t>{3, 3, 0, 3, 3}, Numbers{7, 5, 9, 5, 0}),
            (Numbers{4, 2, 0, 3, 1}));
  EXPECT_TRUE(document_numbers({}, {}).empty());
}

std::shared_ptr<const IndexSchema> schema_of(const std::string& fields) {
  auto schema = IndexSchema::parse(R"({"index": "shop", "language": "none", "fields": {
      "title": {"type": "text", "search": true})" +
                                   fields + R"(}})");
  EXPECT_TRUE(schema) << schema.error().message;
  return *schema;
}

// The name of the field that groups documents when the fields, by name, have so many values.
std::string grouping(const IndexSchema& schema, const std::vector<std::size_t>& values) {
  const int field = grouping_field(schema, values);
  return field < 0 ? "" : schema.fields[static_cast<std::size_t>(field)].name;
}

TEST(DocumentOrder, GroupsByWhatShopsAreBrowsedBy) {
  const auto schema = schema_of(R"(, "brand": {"type": "keyword", "facet": true},
      "category": {"type": "keyword", "facet": true}, "colour": {"type": "keyword", "facet": true},
      "note": {"type": "keyword", "filter": true}, "price": {"type": "decimal", "facet": true})");
  // brand, category, colour, note, price, title
  EXPECT_EQ(grouping(*schema, {5000, 1500, 20, 100, 0, 0}), "category");
  EXPECT_EQ(grouping(*schema, {50, 30, 20, 100, 0, 0}), "brand");  // none has some variety
  EXPECT_EQ(grouping(*schema, {0, 0, 0, 100, 0, 0}), "");          // no facet
  const auto tree = schema_of(R"(, "brand": {"type": "keyword", "facet": true},
      "path": {"type": "hierarchy", "facet": true})");
  EXPECT_EQ(grouping(*tree, {100, 10, 0}), "path");
  EXPECT_EQ(grouping(*tree, {100, 0, 0}), "brand");
}

TEST(DocumentOrder, OfABuiltAndOfAMergedSegmentIsTheSame) {
  const auto schema = schema_of(R"(, "category": {"type": "keyword", "facet": true})");
  const auto context = IndexContext::create(schema, {});
  ASSERT_TRUE(context) << context.error().message;
  const auto document = [&](const std::string& id, std::size_t words, const std::string& category) {
    Document some;
    some.id = id;
    some.texts.push_back({schema->find("title")->number, {}});
    for (std::size_t i = 0; i < words; ++i)
      some.texts.back().tokens.push_back({.term = "w" + std::to_string(i), .base = true});
    if (!category.empty()) some.keywords.push_back({schema->find("category")->number, {category}});
    some.stored = "{}";
    return some;
  };
  const std::vector<Document> documents = {document("1", 2, "shoes"), document("2", 2, "hats"),
                                           document("3", 1, "shoes"), document("4", 2, ""),
                                           document("5", 2, "shoes"), document("6", 2, "hats")};
  const auto built = [&](std::size_t begin, std::size_t end) {
    SegmentBuilder builder(*context);
    for (std::size_t i = begin; i < end; ++i) builder.add(documents[i]);
    return *builder.finish();
  };
  const auto ids = [](const Segment& segment) {
    std::string all;
    for (std::uint32_t i = 0; i < segment.size; ++i) all += segment.ids.of(i);
    return all;
  };
  const auto whole = built(0, documents.size());
  EXPECT_EQ(ids(*whole), "326154");
  std::vector<SegmentView> parts;
  for (const auto& part : {built(3, 6), built(0, 3)})
    parts.push_back({.segment = part, .deleted = nullptr, .live = part->size, .changed = {}});
  const auto merged = merge_segments(parts, **context);
  ASSERT_TRUE(merged) << merged.error().message;
  EXPECT_EQ(ids(*merged->segment), "326154");
}

}  // namespace
}  // namespace aisle
