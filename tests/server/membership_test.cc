// Bases on their way from one node to another, and the configuration of members.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "server/membership/base_fetch.h"
#include "server/membership/base_routes.h"
#include "server/membership/presence_map.h"
#include "server/membership/sha256.h"
#include "server/service_config.h"
#include "tests/indexer/shop.h"
#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Sha256, IsThatOfTheStandard) {
  Sha256 hash;
  hash.add("a");
  hash.add("bc");
  EXPECT_EQ(hash.finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(BaseManifest, ComesBackAsItWasAndRefusesNamesThatLeadAway) {
  const BaseManifest manifest{
      "1f", {3, 2, "hash", 1}, "{}", {{0, "postlist.glass", 8192, "ab"}, {1, "iamglass", 28, "cd"}}};
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
  const auto manifest = fetch_base(address_, "shop", 1, {}, to_);
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
  const auto manifest = fetch_base(address_, "shop", 1, {}, to_).value();
  const auto file = bases_ / manifest.id / "shard-1" / manifest.files.back().name;
  std::string bytes = read_file(file).value();
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  std::ofstream(file, std::ios::binary) << bytes;
  const auto damaged = fetch_base(address_, "shop", 1, {}, folder_.path() / "again");
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::DataLoss);
}

TEST_F(BaseTransferTest, WhoHasNoGenerationSaysSo) {
  EXPECT_EQ(fetch_base(address_, "shop", 2, {}, to_).error().code, ErrorCode::Unavailable);
  EXPECT_EQ(fetch_base("http://127.0.0.1:1", "shop", 1, {}, to_).error().code, ErrorCode::Unavailable);
}

NodePresence serving(const std::string& name, std::vector<std::uint32_t> parts, bool ready = true) {
  NodePresence node;
  node.node = name;
  node.address = "http://127.0.0.1:" + std::to_string(8000 + name.back());
  node.role = "serve";
  node.shards = {3, std::move(parts)};
  IndexPresence& index = node.indexes.emplace_back();
  index.index = "shop";
  index.generations = {
      {.number = 2, .ready = ready, .statistics = {}, .shards = std::vector<ShardPresence>(4)}};
  return node;
}

std::vector<std::string> holders_of(const ShardMap& map, std::size_t shard) {
  std::vector<std::string> ids;
  for (const std::size_t holder : map.holders[shard]) ids.push_back(map.nodes[holder].id);
  return ids;
}

TEST(PresenceMap, HoldersAreTheReadyMembersThatServe) {
  std::vector<NodePresence> members = {serving("self", {0}), serving("b", {0, 1}), serving("c", {1, 2}),
                                       serving("d", {0, 1, 2}, false), serving("i", {0, 1, 2})};
  members[4].role = "index";
  const PresenceMap map("self", {3, {0, 2}}, [&] { return members; });
  const auto found = map.find("shop", 2, 4);
  EXPECT_THAT(found->own, ElementsAre(true, false, true, true));
  EXPECT_THAT(holders_of(*found, 0), ElementsAre("b"));
  EXPECT_THAT(holders_of(*found, 1), ElementsAre("b", "c"));
  EXPECT_THAT(holders_of(*found, 2), ElementsAre("c"));
  EXPECT_THAT(holders_of(*found, 3), ElementsAre("b")) << "the fourth of three parts is the first";
  EXPECT_EQ(found->nodes[0], (NodeAddress{"b", "127.0.0.1", 8098}));
  EXPECT_EQ(map.others()->size(), 3U);
  EXPECT_THAT(holders_of(*map.find("shop", 1, 4), 1), IsEmpty()) << "another generation";
  EXPECT_THAT(holders_of(*map.find("shop", 2, 8), 1), IsEmpty()) << "another number of shards";
  EXPECT_THAT(holders_of(*map.find("other", 2, 4), 1), IsEmpty());
}

TEST(PresenceMap, ADrainingMemberIsAskedOnlyForWhatNobodyElseHas) {
  std::vector<NodePresence> members = {serving("b", {0, 1}), serving("c", {1, 2})};
  members[0].draining = true;
  const PresenceMap map("self", {3, {2}}, [&] { return members; });
  const auto found = map.find("shop", 2, 4);
  EXPECT_THAT(holders_of(*found, 0), ElementsAre("b"));
  EXPECT_THAT(holders_of(*found, 1), ElementsAre("c"));
}

TEST(PresenceMap, WhoIsGoneLeavesIt) {
  std::vector<NodePresence> members = {serving("b", {0, 1}), serving("c", {1, 2})};
  const PresenceMap map("self", {3, {2}}, [&] { return members; });
  const auto before = map.others();
  EXPECT_EQ(map.others(), before);
  members.erase(members.begin());
  EXPECT_TRUE(test::eventually([&] { return map.others()->size() == 1; }));
  EXPECT_THAT(holders_of(*map.find("shop", 2, 4), 0), IsEmpty());
  EXPECT_EQ(before->size(), 2U) << "a request that began with it goes on with it";
}

TEST(ShardSelection, DealsShardsOutInTurn) {
  const ShardSelection all;
  EXPECT_TRUE(all.all() && all.holds(0) && all.holds(255));
  const ShardSelection some{3, {0, 2}};
  EXPECT_FALSE(some.all());
  EXPECT_TRUE(some.holds(0) && some.holds(2) && some.holds(3) && some.holds(5));
  EXPECT_FALSE(some.holds(1) || some.holds(4));
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

std::string refusal_of(const std::string& more) {
  const auto config = ServiceConfig::parse(
      R"({"schema": "s.json", "cluster": {"name": "a", "self": "b", "nats": ["c"], )" + more + "}}", "", {});
  EXPECT_FALSE(config) << more;
  return config ? "" : config.error().message;
}

TEST(MembershipConfig, SaysWhichShardsANodeHolds) {
  const auto some = parse(
      R"({"name": "a", "self": "b", "nats": ["c"], "shards": {"of": 256, "parts": [255, 0]}, "min_coverage": 0.5})");
  EXPECT_EQ(some.membership->shards, (ShardSelection{256, {0, 255}}));
  EXPECT_EQ(some.membership->min_coverage, 0.5);
  EXPECT_TRUE(parse(R"({"name": "a", "self": "b", "nats": ["c"]})").membership->shards.all());
  EXPECT_THAT(refusal_of(R"("shards": {"of": 257, "parts": [0]})"), HasSubstr("/cluster/shards/of"));
  EXPECT_THAT(refusal_of(R"("shards": {"of": 2, "parts": [2]})"), HasSubstr("no number of a part, 0 to 1"));
  EXPECT_THAT(refusal_of(R"("shards": {"of": 2, "parts": [-1]})"), HasSubstr("no number of a part, 0 to 1"));
  EXPECT_THAT(refusal_of(R"("shards": {"of": 2, "parts": []})"), HasSubstr("names no part"));
  EXPECT_THAT(refusal_of(R"("shards": {"of": 2, "parts": [1, 1]})"), HasSubstr("names part 1 twice"));
  EXPECT_THAT(refusal_of(R"("shards": {"of": 2})"), HasSubstr("/cluster/shards/parts"));
  EXPECT_THAT(refusal_of(R"("nodes": [])"), HasSubstr("is for clusters without nats"));
}

TEST(MembershipConfig, NamesThatAreNoneOfAStreamAreRefused) {
  for (const std::string& name :
       std::vector<std::string>{"", "a.b", "a b", "*", "x>", std::string(33, 'a')}) {
    const auto config = ServiceConfig::parse(
        R"({"schema": "s.json", "cluster": {"name": ")" + name + R"(", "self": "n1", "nats": ["a"]}})", "",
        {});
    ASSERT_FALSE(config) << name;
    EXPECT_THAT(config.error().message, HasSubstr("/cluster/name"));
  }
  EXPECT_FALSE(ServiceConfig::parse(
      R"({"schema": "s.json", "cluster": {"name": "a", "self": "b", "nats": []}})", "", {}));
}

}  // namespace
}  // namespace aisle
