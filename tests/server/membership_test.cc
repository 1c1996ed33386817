// Bases on their way from one node to another, and the configuration of members.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "server/membership/base_fetch.h"
#include "server/membership/base_routes.h"
#include "server/membership/sha256.h"
#include "server/service_config.h"
#include "tests/indexer/shop.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using testing::HasSubstr;

TEST(Sha256, IsThatOfTheStandard) {
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(BaseManifest, ComesBackAsItWasAndRefusesNamesThatLeadAway) {
  const BaseManifest manifest{"1f", {3, 2, "hash", 1}, "{}", {{0, "postlist.glass", 8192, "ab"}, {1, "iamglass", 28, "cd"}}};
  EXPECT_EQ(decode_base(encode_base(manifest)).value(), manifest);
  for (const std::string name : {"../x", "a/b", "", ".hidden", "x\n"}) {
    BaseManifest bad = manifest;
    bad.files[0].name = name;
    EXPECT_FALSE(decode_base(encode_base(bad))) << name;
  }
  BaseManifest bad = manifest;
  bad.files[0].shard = 2;
  EXPECT_THAT(decode_base(encode_base(bad)).error().message, HasSubstr("/files/0"));
}

class BaseTransferTest : public testing::Test {
 protected:
  void SetUp() override {
    auto folder = IndexFolder::acquire(folder_.path() / "data", "shop").value();
    shards_ = ShardSet::open(folder, test::shop_schema(), {.shards = 2}).value();
    for (std::uint32_t i = 0; i < 2; ++i) {
      std::vector<Op> ops;
      for (int product = 0; product < 50; ++product) {
        ops.push_back(test::upsert(test::shop_document("p" + std::to_string(product), {"kettle"}, 1)));
        ops.back().lsn = 7;
      }
      ASSERT_TRUE(shards_->log(i)->append(0, std::move(ops), Deadline::never()));
    }
    HttpConfig http;
    http.name = "internal";
    http.port = 0;
    server_ = std::make_unique<HttpServer>(http);
    ASSERT_TRUE(add_base_routes(*server_, std::make_shared<BaseStore>(bases_),
                                [this](const std::string& index, std::uint32_t generation) {
                                  return index == "shop" && generation == 1 ? shards_ : nullptr;
                                }));
    ASSERT_TRUE(server_->start());
    address_ = "http://127.0.0.1:" + std::to_string(server_->port());
  }

  test::TemporaryFolder folder_;
  const std::filesystem::path bases_ = folder_.path() / "bases";
  const std::filesystem::path to_ = folder_.path() / "incoming";
  std::shared_ptr<ShardSet> shards_;
  std::unique_ptr<HttpServer> server_;
  std::string address_;
};

TEST_F(BaseTransferTest, AFetchedShardHasTheDocumentsAndThePlaceOfItsOrigin) {
  const auto manifest = fetch_base(address_, "shop", 1, to_);
  ASSERT_TRUE(manifest) << manifest.error().message;
  EXPECT_EQ(manifest->generation.shards, 2U);
  EXPECT_EQ(manifest->schema, test::shop_schema()->text);
  for (std::uint32_t i = 0; i < 2; ++i) {
    const auto copy = ShardStore::open(to_ / ("shard-" + std::to_string(i)), test::shop_schema()).value();
    EXPECT_EQ(copy->document_count(), 50U);
    EXPECT_EQ(copy->position().seq, 50U);
    EXPECT_EQ(copy->position().lsn, 7U);
  }
  // and the origin goes on
  Op removal;
  removal.kind = OpKind::Delete;
  removal.id = "p1";
  ASSERT_TRUE(shards_->log(0)->append(50, {removal}, Deadline::never()));
  EXPECT_TRUE(shards_->flush({51, 50}, Deadline::after(std::chrono::seconds(30))));
}

TEST_F(BaseTransferTest, AFileThatIsNotWhatTheManifestSaysIsNotTaken) {
  const auto manifest = fetch_base(address_, "shop", 1, to_).value();
  const auto file = bases_ / manifest.id / "shard-1" / manifest.files.back().name;
  std::string bytes = read_file(file).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
  const auto damaged = fetch_base(address_, "shop", 1, folder_.path() / "again");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::DataLoss);
}

TEST_F(BaseTransferTest, WhoHasNoGenerationSaysSo) {
  EXPECT_EQ(fetch_base(address_, "shop", 2, to_).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(fetch_base("http://127.0.0.1:1", "shop", 1, to_).error().code, ErrorCode::Unavailable);
}

ServiceConfig parse(const std::string& cluster) {
  const auto config = ServiceConfig::parse(R"({"schema": "s.json", "cluster": )" + cluster + "}", "", {});
  EXPECT_TRUE(config) << config.error().message;
  return config.value_or(ServiceConfig());
}

TEST(MembershipConfig, IsReadWithItsDefaults) {
  const auto one = parse(R"({"name": "shop", "self": "n1", "nats": ["nats://a:4222"]})").membership.value();
  EXPECT_EQ(one.name, "shop");
  EXPECT_EQ(one.node, "n1");
  EXPECT_EQ(one.replicas, 1);
  EXPECT_EQ(one.ack_replicas, 2);
  const auto three = parse(R"({"name": "shop", "self": "n1", "nats": ["a", "b", "c"], "ack_replicas": 1,
                               "address": "http://10.0.0.1:1", "listen": {"port": 0}})");
  EXPECT_EQ(three.membership->replicas, 3);
  EXPECT_EQ(three.membership->ack_replicas, 1);
  EXPECT_EQ(three.membership->address, "http://10.0.0.1:1");
  EXPECT_EQ(three.internal.port, 0);
}

TEST(MembershipConfig, NamesThatAreNoneOfAStreamAreRefused) {
  for (const std::string& name : std::vector<std::string>{"", "a.b", "a b", "*", "x>", std::string(33, 'a')}) {
    const auto config = ServiceConfig::parse(
        R"({"schema": "s.json", "cluster": {"name": ")" + name + R"(", "self": "n1", "nats": ["a"]}})", "", {});
    ASSERT_FALSE(config) << name;
    EXPECT_THAT(config.error().message, HasSubstr("/cluster/name"));
  }
  EXPECT_FALSE(ServiceConfig::parse(R"({"schema": "s.json", "cluster": {"name": "a", "self": "b", "nats": []}})", "", {}));
}

}  // namespace
}  // namespace aisle
