#include "query/segment_merge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "query/segment_builder.h"
#include "tests/support/random_catalogue.h"

namespace aisle {
namespace {

SegmentView view_of(const test::Catalogue& shop, std::span<const Op> ops) {
  SegmentBuilder builder(shop.context());
  for (const Op& op : ops) builder.add(op.document);
  const auto segment = builder.finish().value();
  return {.segment = segment, .deleted = nullptr, .live = segment->size, .changed = {}};
}

// Everything of a segment that a query can see, as text.
std::string described(const test::Catalogue& shop, const Segment& segment) {
  std::string out;
  for (std::uint32_t i = 0; i < segment.size; ++i) {
    out += std::string(segment.ids.of(i)) + " " + std::string(segment.stored.get(i)) + "\n ";
    for (const TermId term : segment.forward_tokens(i)) out += " " + std::string(segment.terms.term(term));
    for (const Field& field : shop.schema()->fields) {
      if (field.search) out += " " + field.name + " " + std::to_string(segment.lengths[field.number][i]);
      if (!field.has_column()) continue;
      if (field.is_number()) {
        out += " " + field.name + "=" + std::to_string(segment.numbers[field.number].get(i));
        continue;
      }
      const KeywordColumn& column = segment.keywords[field.number];
      column.each_code(i, [&](std::uint32_t code) {
        out += " " + field.name + "=" + std::string(column.values().term(code));
      });
    }
    out += "\n";
  }
  for (TermId term = 0; term < segment.terms.size(); ++term) {
    out += std::string(segment.terms.term(term)) + ":";
    for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
      const Postings postings = segment.postings(list);
      out += " [" + std::to_string(postings.field);
      for (std::size_t i = 0; i < postings.documents.size(); ++i) {
        out += " " + std::to_string(postings.documents[i]) + "*" + std::to_string(postings.frequencies[i]);
      }
      out += "]";
    }
    out += "\n";
  }
  for (const auto& list : segment.stemmed_terms) {
    for (const TermId term : list) out += " " + std::to_string(term);
    out += ";";
  }
  return out;
}

TEST(SegmentMerge, GivesTheSegmentThatTheLiveProductsWouldHaveMade) {
  const test::Catalogue shop(test::random_schema_text);
  const test::Seeds all = test::seeds(150);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    test::RandomCatalogue products(shop, random);
    std::vector<Op> left = products.upserts(random.below(60));
    std::map<std::string, Op> unique;
    for (Op& op : left) unique[op.id] = op;
    std::vector<std::vector<Op>> parts(1 + random.below(4));
    for (auto& [id, op] : unique) parts[random.below(parts.size())].push_back(op);
    std::vector<SegmentView> sources;
    std::vector<Op> live;
    for (const std::vector<Op>& part : parts) {
      sources.push_back(view_of(shop, part));
      SegmentView& view = sources.back();
      auto deleted = std::make_shared<Bitmap>(view.segment->size);
      std::vector<NumberChange> prices;
      for (Op op : part) {
        const std::uint32_t document = view.segment->ids.find(op.id);
        if (random.chance(30)) {
          deleted->set(document);
          --view.live;
          continue;
        }
        if (random.chance(30)) {
          prices.push_back({document, 4711});
          std::erase_if(op.document.numbers,
                        [&](const NumberCell& cell) { return cell.field == shop.field("price"); });
          op.document.numbers.push_back({shop.field("price"), 4711});
        }
        live.push_back(op);
      }
      std::ranges::sort(prices, {}, &NumberChange::document);
      view.deleted = deleted;
      view.changed.resize(shop.schema()->fields.size());
      view.changed[shop.field("price")] =
          std::make_shared<NumberColumn>(view.segment->numbers[shop.field("price")].with(prices));
    }
    const auto merged = merge_segments(sources, *shop.context());
    ASSERT_TRUE(merged);
    ASSERT_EQ(described(shop, *merged->segment), described(shop, *view_of(shop, live).segment));
    for (std::size_t s = 0; s < sources.size(); ++s) {
      const Segment& source = *sources[s].segment;
      for (std::uint32_t i = 0; i < source.size; ++i) {
        const std::uint32_t expected =
            sources[s].is_deleted(i) ? no_document : merged->segment->ids.find(source.ids.of(i));
        ASSERT_EQ(merged->moved[s][i], expected);
      }
    }
  }
}

}  // namespace
}  // namespace aisle
