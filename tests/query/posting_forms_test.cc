#include "query/posting_forms.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "query/document_set.h"
#include "query/segment.h"
#include "tests/support/random_catalogue.h"

namespace aisle {
namespace {

std::shared_ptr<const Segment> random_segment(const test::Catalogue& catalogue, test::Random& random) {
  test::RandomCatalogue products(catalogue, random);
  return catalogue.grow(products.upserts(1 + random.below(400))).shards.front()->segments.front().segment;
}

TEST(PostingForms, TellWhatTheListsTell) {
  const test::Catalogue catalogue(test::random_schema_text);
  std::size_t dense = 0;
  std::size_t repeats = 0;
  const test::Seeds all = test::seeds(20);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto segment = random_segment(catalogue, random);
    std::vector<std::vector<std::pair<std::uint32_t, std::uint8_t>>> by_document(segment->size);
    for (std::uint32_t list = 0; list + 1 < segment->lists.size(); ++list) {
      const Postings postings = segment->postings(list);
      const Bitmap* bits = segment->forms.bits(list);
      ASSERT_EQ(bits != nullptr, postings.documents.size() * DocumentSet::dense_share >= segment->size);
      dense += bits != nullptr ? 1U : 0U;
      if (bits != nullptr) {
        ASSERT_EQ(bits->count(), postings.documents.size());
      }
      std::vector<std::uint32_t> twice;
      std::vector<std::uint32_t> often;
      for (std::size_t i = 0; i < postings.documents.size(); ++i) {
        if (bits != nullptr) {
          ASSERT_TRUE(bits->test(postings.documents[i]));
        }
        if (postings.frequencies[i] == 1) continue;
        ASSERT_LE(postings.frequencies[i], segment->forms.frequency_max());
        (postings.frequencies[i] == 2 ? twice : often).push_back(postings.documents[i]);
        by_document[postings.documents[i]].emplace_back(list, postings.frequencies[i]);
      }
      ASSERT_TRUE(std::ranges::equal(segment->forms.repeating(list, false), twice));
      ASSERT_TRUE(std::ranges::equal(segment->forms.repeating(list, true), often));
      repeats += twice.size() + often.size();
    }
    for (std::uint32_t document = 0; document < segment->size; ++document) {
      std::vector<std::pair<std::uint32_t, std::uint8_t>> told;
      for (const auto& repeat : segment->forms.repeats(document)) {
        ASSERT_EQ(repeat.document, document);
        told.emplace_back(repeat.list, repeat.frequency);
      }
      ASSERT_EQ(told, by_document[document]);
    }
  }
  EXPECT_GT(dense, 0U);
  EXPECT_GT(repeats, 0U);
}

}  // namespace
}  // namespace aisle
