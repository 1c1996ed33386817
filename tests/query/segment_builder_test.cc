#include "query/segment_builder.h"

#include <gtest/gtest.h>

#include "tests/support/catalogue.h"

namespace aisle {
namespace {

constexpr std::string_view schema_text = R"({
  "index": "shop", "id": "id", "language": "en",
  "fields": {"title": {"type": "text", "search": true, "weight": 5}, "notes": {"type": "text", "search": true},
             "tags": {"type": "keyword", "filter": true}, "price": {"type": "decimal", "filter": true}},
  "source": {"type": "file", "path": "p.jsonl"}})";

class SegmentBuilderTest : public testing::Test {
 protected:
  std::shared_ptr<const Segment> build(const std::vector<std::string>& records) {
    SegmentBuilder builder(shop_.context());
    for (const Op& op : shop_.upserts(records)) builder.add(op.document);
    EXPECT_EQ(builder.size(), records.size());
    return builder.finish().value();
  }
  // "field:document*frequency ..." of a term.
  std::string postings(const Segment& segment, std::string_view term) {
    const TermId id = segment.terms.find(term);
    std::string out;
    if (id == no_term) return out;
    for (std::uint32_t list = segment.term_lists[id]; list < segment.term_lists[id + 1]; ++list) {
      const Postings found = segment.postings(list);
      for (std::size_t i = 0; i < found.documents.size(); ++i) {
        out += shop_.schema()->fields[found.field].name + ":" + std::to_string(found.documents[i]) + "*" +
               std::to_string(found.frequencies[i]) + " ";
      }
    }
    return out;
  }
  test::Catalogue shop_{schema_text};
};

TEST_F(SegmentBuilderTest, NumbersDocumentsByTheLengthOfTheForwardFieldThenInTheOrderOfTheirIds) {
  const auto segment = build({R"({"id": "b", "title": "x"})", R"({"id": "a"})", R"({"id": "ä"})",
                              R"({"id": "A", "title": "x y"})", R"({"id": "B", "title": "x"})"});
  EXPECT_EQ(segment->size, 5U);
  EXPECT_EQ(segment->ids.find("a"), 0U);
  EXPECT_EQ(segment->ids.find("ä"), 1U);
  EXPECT_EQ(segment->ids.find("B"), 2U);
  EXPECT_EQ(segment->ids.find("b"), 3U);
  EXPECT_EQ(segment->ids.find("A"), 4U);
  EXPECT_EQ(segment->ids.find("c"), no_document);
  EXPECT_EQ(segment->forward.first_of(1), 2U);
  EXPECT_EQ(segment->forward.first_of(2), 4U);
  EXPECT_EQ(segment->forward.first_of(3), 5U);
}

TEST_F(SegmentBuilderTest, KeepsPostingsByFieldWithTheirFrequencies) {
  const auto segment = build({R"({"id": "1", "title": "pan pan lid", "notes": "pan"})",
                              R"({"id": "2", "notes": "lid pan pan pan"})"});
  EXPECT_EQ(postings(*segment, "pan"), "notes:0*3 notes:1*1 title:1*2 ") << "2 has no title: it is 0";
  EXPECT_EQ(postings(*segment, "lid"), "notes:0*1 title:1*1 ");
  EXPECT_EQ(postings(*segment, "pot"), "");
}

TEST_F(SegmentBuilderTest, FrequenciesAndLengthsStopAt255) {
  std::string title;
  for (int i = 0; i < 300; ++i) title += "pan ";
  const auto segment = build({R"({"id": "1", "title": ")" + title + "\"}"});
  EXPECT_EQ(postings(*segment, "pan"), "title:0*255 ");
  EXPECT_EQ(segment->lengths[shop_.field("title")][0], 255);
  EXPECT_EQ(segment->lengths[shop_.field("notes")][0], 0);
  EXPECT_EQ(segment->forward_tokens(0).size(), 300U);
}

TEST_F(SegmentBuilderTest, TheForwardFieldIsTheHeaviestTextAndKeepsItsWordsInOrder) {
  const auto segment = build({R"({"id": "1", "title": "iphone14 steel case", "notes": "other words"})"});
  EXPECT_EQ(segment->forward_field, shop_.field("title"));
  std::string words;
  for (const TermId term : segment->forward_tokens(0)) words += std::string(segment->terms.term(term)) + " ";
  EXPECT_EQ(words, "iphone 14 steel case ") << "the parts of a mixed word, not the whole";
  EXPECT_NE(segment->terms.find("iphone14"), no_term);
  EXPECT_EQ(segment->lengths[shop_.field("title")][0], 4);
}

TEST_F(SegmentBuilderTest, ColumnsHoldSortedCodesAndNumbers) {
  const auto segment = build({R"({"id": "1", "tags": ["sale", "new"], "price": 12.5})",
                              R"({"id": "2", "tags": "new"})", R"({"id": "3"})"});
  const KeywordColumn& tags = segment->keywords[shop_.field("tags")];
  const auto values = [&](std::uint32_t document) {
    std::string all;
    tags.each_code(document, [&](std::uint32_t code) { all += std::string(tags.values().term(code)) + " "; });
    return all;
  };
  EXPECT_EQ(values(0), "new sale ");
  EXPECT_EQ(values(1), "new ");
  EXPECT_EQ(values(2), "");
  EXPECT_EQ(segment->numbers[shop_.field("price")].get(0), 1250);
  EXPECT_EQ(segment->numbers[shop_.field("price")].get(1), missing_number);
}

TEST_F(SegmentBuilderTest, StemmedTermsAreOrderedByStem) {
  const auto segment = build({R"({"id": "1", "title": "kettles pans pan running"})"});
  std::string found;
  for (const TermId term : segment->stemmed_terms[0]) found += std::string(segment->terms.term(term)) + " ";
  EXPECT_EQ(found, "kettles pans running ") << "pan is its own stem";
}

TEST_F(SegmentBuilderTest, AnEmptySegmentIsPossible) {
  const auto segment = build({});
  EXPECT_EQ(segment->size, 0U);
  EXPECT_EQ(segment->terms.size(), 0U);
}

}  // namespace
}  // namespace aisle
