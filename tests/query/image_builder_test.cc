#include "query/image_builder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>

#include "tests/support/catalogue.h"
#include "tests/support/eventually.h"

namespace aisle {
namespace {

constexpr std::string_view schema_text = R"({
  "index": "shop", "id": "id", "language": "en",
  "fields": {"title": {"type": "text", "search": true},
             "price": {"type": "int", "filter": true, "volatile": true},
             "stock": {"type": "int", "filter": true, "volatile": true}},
  "source": {"type": "file", "path": "p.jsonl"}})";

using Prices = std::map<std::string, std::int64_t>;

class ImageBuilderTest : public testing::Test {
 protected:
  Op upsert(const std::string& id, std::int64_t price, Lsn lsn = 0) const {
    Op op = shop_.upsert(R"({"id": ")" + id + R"(", "title": "pan )" + id + R"(", "price": )" +
                         std::to_string(price) + "}");
    op.lsn = lsn;
    return op;
  }
  Op set_price(const std::string& id, std::int64_t price) const {
    Op op;
    op.kind = OpKind::SetNumbers;
    op.id = id;
    op.numbers = {{shop_.field("price"), price}};
    return op;
  }
  static Op remove(const std::string& id) {
    Op op;
    op.kind = OpKind::Delete;
    op.id = id;
    return op;
  }
  // Live products and their prices; fails when one is live twice.
  Prices prices(const Image& image) const {
    Prices found;
    for (const SegmentView& view : image.segments) {
      std::uint32_t live = 0;
      for (std::uint32_t document = 0; document < view.segment->size; ++document) {
        if (view.is_deleted(document)) continue;
        ++live;
        const std::string id(view.segment->ids.of(document));
        EXPECT_TRUE(found.emplace(id, view.numbers(shop_.field("price")).get(document)).second) << id;
      }
      EXPECT_EQ(live, view.live);
      EXPECT_GT(live, 0U) << "segments without live products are dropped";
    }
    return found;
  }
  void apply(std::vector<Op> ops) { ASSERT_TRUE(builder_.apply(ops, ++seq_)); }

  test::Catalogue shop_{schema_text};
  ImageBuilder builder_{shop_.context(), std::make_shared<Image>()};
  Seq seq_ = 0;
};

TEST_F(ImageBuilderTest, AppliesWhatABatchDoesToOneProductInOrder) {
  apply({upsert("a", 1), set_price("a", 2), upsert("b", 1), remove("b"), remove("c"), upsert("c", 3),
         set_price("d", 9)});
  EXPECT_EQ(prices(*builder_.image()), (Prices{{"a", 2}, {"c", 3}}));
  apply({set_price("a", 5), upsert("a", 6), set_price("c", 7), remove("c"), set_price("c", 8)});
  EXPECT_EQ(prices(*builder_.image()), (Prices{{"a", 6}}));
  apply({set_price("a", missing_number)});
  EXPECT_EQ(prices(*builder_.image()), (Prices{{"a", missing_number}}));
}

TEST_F(ImageBuilderTest, PreparesEachSegmentBeforeItIsPublished) {
  std::vector<std::shared_ptr<const Segment>> prepared;
  ImageBuilder* builder = nullptr;
  const auto prepare = [&](const std::shared_ptr<const Segment>& segment) {
    for (const SegmentView& view : builder->image()->segments) EXPECT_NE(view.segment, segment);
    prepared.push_back(segment);
  };
  ImageBuilder own(shop_.context(), std::make_shared<Image>(), std::chrono::hours(1), prepare);
  builder = &own;
  const auto last = [&] { return own.image()->segments.front().segment; };
  const std::vector<Op> first = {upsert("a", 1)};
  ASSERT_TRUE(own.apply(first, 1));
  ASSERT_EQ(prepared.size(), 1U);
  EXPECT_EQ(prepared.back(), last());
  const std::vector<Op> second = {upsert("b", 2)};
  ASSERT_TRUE(own.apply(second, 2));
  ASSERT_TRUE(own.merge_all());
  ASSERT_EQ(prepared.size(), 3U);
  EXPECT_EQ(prepared.back(), last());
}

TEST_F(ImageBuilderTest, APublishedImageNeverChanges) {
  apply({upsert("a", 1), upsert("b", 2)});
  const auto before = builder_.image();
  apply({set_price("a", 10), remove("b"), upsert("c", 3)});
  ASSERT_TRUE(builder_.merge_all());
  EXPECT_EQ(prices(*before), (Prices{{"a", 1}, {"b", 2}}));
  EXPECT_EQ(prices(*builder_.image()), (Prices{{"a", 10}, {"c", 3}}));
}

TEST_F(ImageBuilderTest, SeqAndLsnNeverGoBack) {
  ASSERT_TRUE(builder_.apply(std::vector<Op>{upsert("a", 1, 100)}, 5));
  ASSERT_TRUE(builder_.apply(std::vector<Op>{upsert("b", 1, 50)}, 3));
  EXPECT_EQ(builder_.image()->seq, 5U);
  EXPECT_EQ(builder_.image()->lsn, 100U);
  ASSERT_TRUE(builder_.apply(std::vector<Op>(1), 6)) << "a mark alone";
  EXPECT_EQ(builder_.image()->seq, 6U);
  EXPECT_EQ(builder_.image()->lsn, 100U);
}

TEST_F(ImageBuilderTest, AProductThatComesBackLivesInANewerSegment) {
  apply({upsert("a", 1), upsert("b", 1)});
  const auto old = builder_.image()->segments.front().segment;
  apply({remove("a")});
  apply({upsert("a", 2)});
  const auto image = builder_.image();
  ASSERT_EQ(image->segments.front().segment, old);
  EXPECT_TRUE(image->segments.front().is_deleted(old->ids.find("a")));
  EXPECT_EQ(prices(*image), (Prices{{"a", 2}, {"b", 1}}));
}

TEST_F(ImageBuilderTest, BackgroundMergesKeepSegmentsFewWithoutBeingAsked) {
  for (int i = 0; i < 300; ++i) apply({upsert("p" + std::to_string(i), i)});
  EXPECT_TRUE(test::eventually([&] { return merge_candidates(*builder_.image()).empty(); }));
  EXPECT_LE(builder_.image()->segments.size(), 8U * 2);
  EXPECT_EQ(prices(*builder_.image()).size(), 300U);
  EXPECT_EQ(builder_.image()->seq, 300U);
}

TEST_F(ImageBuilderTest, WhatManyBatchesLeaveBecomesOneSegmentInACalmTime) {
  ImageBuilder builder(shop_.context(), std::make_shared<Image>(), std::chrono::milliseconds(20));
  for (int batch = 1; batch <= 3; ++batch) {
    std::vector<Op> ops;
    for (int i = 0; i < 100; ++i) ops.push_back(upsert("p" + std::to_string(100 * batch + i), i));
    ASSERT_TRUE(builder.apply(ops, static_cast<Seq>(batch)));
  }
  EXPECT_TRUE(test::eventually([&] { return builder.image()->segments.size() == 1; }));
  EXPECT_EQ(prices(*builder.image()).size(), 300U);
  ASSERT_TRUE(builder.apply(std::vector<Op>{upsert("new", 1)}, 4));
  EXPECT_TRUE(scattered_segments(*builder.image()).empty()) << "a few products stay where they are";
}

TEST_F(ImageBuilderTest, ASegmentOfMostlyTombstonesIsRewritten) {
  std::vector<Op> ops;
  for (int i = 0; i < 100; ++i) ops.push_back(upsert("p" + std::to_string(i), i));
  apply(ops);
  for (int i = 0; i < 70; ++i) apply({remove("p" + std::to_string(i))});
  EXPECT_TRUE(test::eventually([&] { return builder_.image()->segments.front().segment->size < 60; }));
  EXPECT_EQ(prices(*builder_.image()).size(), 30U);
}

TEST_F(ImageBuilderTest, StartsFromAnotherImage) {
  apply({upsert("a", 1), upsert("b", 2)});
  ImageBuilder second(shop_.context(), builder_.image());
  ASSERT_TRUE(second.apply(std::vector<Op>{set_price("a", 5), remove("b")}, 9));
  EXPECT_EQ(prices(*second.image()), (Prices{{"a", 5}}));
  EXPECT_EQ(prices(*builder_.image()), (Prices{{"a", 1}, {"b", 2}}));
}

// Deletes and values arrive while merges run: nothing of them may be lost.
TEST_F(ImageBuilderTest, ConcurrentMergesLoseNeitherDeletesNorValues) {
  const test::Seeds all = test::seeds(6);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    ImageBuilder builder(shop_.context(), std::make_shared<Image>());
    std::atomic<bool> done{false};
    std::atomic<int> errors{0};
    std::thread merger([&] {
      while (!done) errors += builder.merge_all() ? 0 : 1;
    });
    std::thread reader([&] {
      Seq seq = 0;
      while (!done) {
        const auto image = builder.image();
        std::set<std::string_view> ids;
        for (const SegmentView& view : image->segments) {
          for (std::uint32_t i = 0; i < view.segment->size; ++i) {
            if (!view.is_deleted(i) && !ids.insert(view.segment->ids.of(i)).second) ++errors;
          }
        }
        if (image->seq < seq) ++errors;
        seq = image->seq;
      }
    });
    Prices model;
    for (Seq batch = 1; batch <= 400; ++batch) {
      std::vector<Op> ops;
      for (std::uint64_t i = random.below(6); i > 0; --i) {
        const std::string id = "p" + std::to_string(random.below(120));
        const std::int64_t price = random.between(0, 3);
        const std::uint64_t kind = random.below(4);
        ops.push_back(kind == 0 ? upsert(id, price) : kind == 1 ? remove(id) : set_price(id, price));
        if (kind == 0) model[id] = price;
        if (kind == 1) model.erase(id);
        if (kind > 1 && model.contains(id)) model[id] = price;
      }
      ASSERT_TRUE(builder.apply(ops, batch));
      if (batch % 10 != 0) continue;
      ASSERT_EQ(prices(*builder.image()), model) << batch;
    }
    done = true;
    merger.join();
    reader.join();
    EXPECT_EQ(errors, 0);
    ASSERT_TRUE(builder.merge_all());
    ASSERT_EQ(prices(*builder.image()), model);
    ASSERT_LE(builder.image()->segments.size(), 1U);
  }
}

}  // namespace
}  // namespace aisle
