#include "query/shard_loader.h"

#include <gtest/gtest.h>
#include <xapian.h>

#include "query/image_file.h"
#include "query/search.h"
#include "schemas/term_layout.h"
#include "tests/support/catalogue.h"

namespace aisle {
namespace {

constexpr std::string_view schema_text = R"({
  "index": "shop", "id": "id", "language": "en",
  "fields": {"title": {"type": "text", "search": true}, "price": {"type": "decimal", "filter": true, "volatile": true}},
  "source": {"type": "file", "path": "p.jsonl"}})";

TEST(ShardLoader, TakesProductsNumbersAndPositionFromDisk) {
  test::Catalogue shop(schema_text);
  const View view = shop.load(
      shop.upserts({R"({"id": "1", "title": "pan", "price": 2.5})", R"({"id": "2", "title": "lid"})"}));
  const Image& image = *view.shards.front();
  EXPECT_EQ(image.live(), 2U);
  EXPECT_EQ(image.seq, 2U);
  EXPECT_EQ(image.lsn, 1U);
  EXPECT_EQ(find_product(view, "1"), R"({"id":"1","title":"pan","price":2.5})");
  EXPECT_EQ(find_product(view, "2"), R"({"id":"2","title":"lid"})");
}

TEST(ShardLoader, AnEmptyShardIsAnEmptyImage) {
  test::Catalogue shop(schema_text);
  EXPECT_TRUE(shop.load({}).shards.front()->segments.empty());
}

TEST(ShardLoader, AFolderThatIsNoShardIsToldByName) {
  const test::Catalogue shop(schema_text);
  const auto image = load_image("/nowhere/shard-0", shop.context());
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::DataLoss);
  EXPECT_NE(image.error().message.find("/nowhere/shard-0"), std::string::npos) << image.error().message;
}

TEST(ShardLoader, ADamagedProductIsToldByItsNumber) {
  test::Catalogue shop(schema_text);
  shop.load(shop.upserts({R"({"id": "1", "title": "pan"})"}));
  {
    Xapian::WritableDatabase database(shop.shard_folders().front().string(), Xapian::DB_OPEN);
    Xapian::Document document = database.get_document(1);
    document.set_data("rubbish");
    database.replace_document(1, document);
    database.commit();
  }
  const auto image = load_image(shop.shard_folders().front(), shop.context());
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().code, ErrorCode::DataLoss);
  EXPECT_NE(image.error().message.find("document 1"), std::string::npos) << image.error().message;
}

TEST(ShardLoader, AKeptImageIsTakenUntilTheShardMovesOn) {
  test::Catalogue shop(schema_text);
  const View view = shop.load(shop.upserts({R"({"id": "1", "title": "pan", "price": 2.5})"}));
  const std::filesystem::path shard = shop.shard_folders().front();
  ASSERT_TRUE(keep_image(shard, *view.shards.front(), *shop.context()));
  const std::filesystem::path file = image_file_of(shard);
  const auto written = std::filesystem::last_write_time(file);
  ASSERT_TRUE(keep_image(shard, *view.shards.front(), *shop.context()));
  EXPECT_EQ(std::filesystem::last_write_time(file), written) << "it is there already";

  View again = view;
  again.shards = {load_image(shard, shop.context()).value()};
  EXPECT_EQ(again.shards.front()->seq, 1U);
  EXPECT_EQ(find_product(again, "1"), R"({"id":"1","title":"pan","price":2.5})");
  EXPECT_GT(again.shards.front()->segments.front().segment->stored.file_bytes(), 0U)
      << "it was read from the file";
  {
    Xapian::WritableDatabase database(shard.string(), Xapian::DB_OPEN);
    database.set_metadata(std::string(shard_metadata::seq), "2");
    database.commit();
  }
  again.shards = {load_image(shard, shop.context()).value()};
  EXPECT_EQ(again.shards.front()->seq, 2U);
  EXPECT_EQ(again.shards.front()->segments.front().segment->stored.file_bytes(), 0U)
      << "it was read from the shard";
  const Status older = keep_image(shard, *view.shards.front(), *shop.context());
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::FailedPrecondition);
}

}  // namespace
}  // namespace aisle
