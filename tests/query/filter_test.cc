#include "query/filter.h"

#include <gtest/gtest.h>

#include "query/document_set.h"
#include "tests/support/random_catalogue.h"

namespace aisle {
namespace {

// Documents that satisfy all, each looked at by itself.
std::vector<std::uint32_t> satisfying(const std::vector<Conjunct>& conjuncts, const SegmentView& view) {
  std::vector<std::uint32_t> found;
  for (std::uint32_t document = 0; document < view.segment->size; ++document) {
    bool passes = true;
    for (const Conjunct& conjunct : conjuncts)
      passes = passes && evaluate(conjunct.node, view, std::span(&document, 1)).front() != 0;
    if (passes) found.push_back(document);
  }
  return found;
}

std::vector<std::uint32_t> kept(const std::vector<Conjunct>& conjuncts, const SegmentView& view) {
  std::vector<std::uint32_t> documents(view.segment->size);
  for (std::uint32_t i = 0; i < view.segment->size; ++i) documents[i] = i;
  for (const Conjunct& conjunct : conjuncts) keep_passing(conjunct.node, view, documents);
  return documents;
}

// The same by bits, for as many of the conjuncts as can be; `done` counts them.
std::vector<std::uint32_t> kept_by_bits(const std::vector<Conjunct>& conjuncts, const SegmentView& view,
                                        std::size_t& done) {
  Bitmap bits(view.segment->size);
  for (std::uint32_t i = 0; i < view.segment->size; ++i) bits.set(i);
  std::vector<Conjunct> others;
  for (const Conjunct& conjunct : conjuncts) {
    if (is_kept_by_bits(conjunct.node, view)) {
      bits = keep_passing(conjunct.node, view, bits);
      ++done;
    } else {
      others.push_back(conjunct);
    }
  }
  std::vector<std::uint32_t> documents = DocumentSet(std::move(bits)).to_list();
  for (const Conjunct& conjunct : others) keep_passing(conjunct.node, view, documents);
  return documents;
}

TEST(Filter, KeepsWhatPassesWithRangesUnitedOrNot) {
  const test::Catalogue catalogue(test::random_schema_text);
  std::size_t united_some = 0;
  std::size_t by_bits = 0;
  const test::Seeds all = test::seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    test::RandomCatalogue products(catalogue, random);
    const View view = catalogue.grow(products.history(80, 60));
    const SegmentView& segment = view.shards.front()->segments.front();
    for (int i = 0; i < 8; ++i) {
      std::string text = test::text_of(products.filter(2), random);
      if (random.chance(60))
        text = "(" + text + ") AND price >= " + std::to_string(random.between(-3, 6)) + " AND price < 8";
      if (random.chance(30)) text += " AND stock > -2 AND size <= 3 AND stock <= 4";
      const auto filter = compile_filter(text, *catalogue.schema(), {});
      ASSERT_TRUE(filter) << text << ": " << filter.error().message;
      const std::vector<Conjunct> united = with_united_ranges(filter->conjuncts);
      united_some += united.size() < filter->conjuncts.size() ? 1U : 0U;
      const std::vector<std::uint32_t> expected = satisfying(filter->conjuncts, segment);
      ASSERT_EQ(kept(filter->conjuncts, segment), expected) << text;
      ASSERT_EQ(kept(united, segment), expected) << text;
      ASSERT_EQ(kept_by_bits(united, segment, by_bits), expected) << text;
    }
  }
  EXPECT_GT(united_some, all.count);
  EXPECT_GT(by_bits, all.count);
}

TEST(Filter, RangesOfDifferentFieldsStayApart) {
  const test::Catalogue catalogue(test::random_schema_text);
  const auto filter =
      compile_filter("price >= 1 AND size <= 3 AND price <= 2 AND stock = 1", *catalogue.schema(), {});
  ASSERT_TRUE(filter);
  const std::vector<Conjunct> united = with_united_ranges(filter->conjuncts);
  ASSERT_EQ(united.size(), 3U);
  EXPECT_EQ(united[0].field->name, "price");
  EXPECT_EQ(united[0].node.low, 100);
  EXPECT_EQ(united[0].node.high, 200);
}

}  // namespace
}  // namespace aisle
