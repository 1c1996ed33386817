#include "server/fanout/cluster_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/fanout/fan_out_search.h"
#include "server/fanout/view_name.h"
#include "server/service_config.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Result<ServiceConfig> parse(const std::string& cluster) {
  return ServiceConfig::parse(R"({"schema": "s.json", "cluster": )" + cluster + "}", "", {});
}

std::string refusal(const std::string& cluster) {
  const auto config = parse(cluster);
  EXPECT_FALSE(config) << cluster;
  return config ? "" : config.error().message;
}

const std::string two_nodes =
    R"([{"id": "a", "address": "127.0.0.1:8702", "shards": [0, 2]}, {"id": "b", "address": "[::1]:8703"}])";

TEST(ClusterConfig, NamesNodesAndTheirShards) {
  const auto config =
      parse(R"({"self": "a", "min_coverage": 0.5, "listen": {"port": 9}, "nodes": )" + two_nodes + "}");
  ASSERT_TRUE(config) << config.error().message;
  const ClusterConfig& cluster = *config->cluster;
  EXPECT_EQ(cluster.self, "a");
  EXPECT_EQ(cluster.min_coverage, 0.5);
  EXPECT_EQ(config->internal.port, 9);
  ASSERT_EQ(cluster.nodes.size(), 2U);
  EXPECT_EQ(cluster.nodes[0].address, (NodeAddress{"a", "127.0.0.1", 8702}));
  EXPECT_THAT(*cluster.nodes[0].shards, ElementsAre(0, 2));
  EXPECT_EQ(cluster.nodes[1].address, (NodeAddress{"b", "::1", 8703}));
  EXPECT_FALSE(cluster.nodes[1].shards);
}

TEST(ClusterConfig, RefusesWhatDoesNotFit) {
  const auto with = [](const std::string& node) { return R"({"self": "a", "nodes": [)" + node + "]}"; };
  EXPECT_THAT(refusal(R"({"self": "c", "nodes": )" + two_nodes + "}"),
              HasSubstr("/cluster/self is \"c\", which is none of the nodes"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": "host"})")), HasSubstr("expected host:port"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": "host:0"})")), HasSubstr("expected host:port"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": ":80"})")), HasSubstr("expected host:port"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": "h:1", "shards": [256]})")), HasSubstr("0 to 255"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": "h:1", "shards": [-1]})")), HasSubstr("0 to 255"));
  EXPECT_TRUE(parse(with(R"({"id": "a", "address": "h:1", "shards": [255]})")));
  EXPECT_THAT(refusal(with(R"({"id": "a", "address": "h:1"}, {"id": "a", "address": "h:2"})")),
              HasSubstr("of another node"));
  EXPECT_THAT(refusal(with(R"({"id": "a", "adress": "h:1"})")), HasSubstr("address"));
  EXPECT_THAT(refusal(R"({"self": "a", "min_coverage": 1.5, "nodes": )" + two_nodes + "}"),
              HasSubstr("min_coverage"));
}

TEST(StaticClusterMap, ToldByShard) {
  const StaticClusterMap map("a", {{{"a", "h", 1}, std::vector<std::uint32_t>{0, 2}},
                                   {{"b", "h", 2}, {}},
                                   {{"c", "h", 3}, std::vector<std::uint32_t>{2, 7}}});
  const auto four = map.find("products", 1, 3);
  EXPECT_THAT(four->own, ElementsAre(true, false, true));
  ASSERT_EQ(four->nodes.size(), 2U);
  EXPECT_THAT(four->holders, ElementsAre(ElementsAre(0), ElementsAre(0), ElementsAre(0, 1)));
  EXPECT_EQ(map.find("others", 5, 3), four) << "made once";
}

TEST(ViewName, TravelsAsText) {
  const ViewName name{7, 3, 2, 16, "0123abcd"};
  EXPECT_EQ(format_view_name(name), "7.3.2.16.0123abcd");
  EXPECT_EQ(parse_view_name("7.3.2.16.0123abcd").value(), name);
  for (const char* bad :
       {"", "7", "7.3.2.16", "7.3.2.16.", "7.3.2.0.a", "x.3.2.16.a", "7.-3.2.16.a", "7. 3.2.16.a"})
    EXPECT_FALSE(parse_view_name(bad)) << bad;
}

TEST(ViewName, ShardsAnswerTheSameUnderAnotherStateOrRanking) {
  const ViewName name{7, 3, 2, 16, "a"};
  EXPECT_TRUE(name.answers_as({8, 3, 5, 16, "a"}));
  for (const ViewName& other :
       {ViewName{7, 4, 2, 16, "a"}, ViewName{7, 3, 2, 8, "a"}, ViewName{7, 3, 2, 16, "b"}}) {
    EXPECT_FALSE(name.answers_as(other)) << format_view_name(other);
  }
}

TEST(ViewName, ShardsAreAscendingNumbers) {
  EXPECT_THAT(parse_shards("0,2,15", 16).value(), ElementsAre(0, 2, 15));
  EXPECT_EQ(format_shards(parse_shards("0,2,15", 16).value()), "0,2,15");
  for (const char* bad : {"", "16", "2,2", "3,1", "a", "1,,2", ",1", "-1"})
    EXPECT_FALSE(parse_shards(bad, 16)) << bad;
}

TEST(ShardSizes, CoverageCountsDocuments) {
  ShardSizes sizes;
  EXPECT_EQ(sizes.coverage({}, 4), 1.0);
  EXPECT_EQ(sizes.coverage({3}, 4), 0.75) << "as long as nothing is known";
  sizes.set(0, 100);
  sizes.set(1, 300);
  EXPECT_EQ(sizes.coverage({1}, 2), 0.25);
  EXPECT_EQ(sizes.coverage({2}, 3), 1 - 200.0 / 600) << "an unknown one is as large as the mean";
  sizes.set(0, 0);
  sizes.set(1, 0);
  EXPECT_EQ(sizes.coverage({1}, 2), 0.5) << "an empty index";
}

}  // namespace
}  // namespace aisle
