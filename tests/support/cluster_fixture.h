// A whole cluster of real processes: nats-server, PostgreSQL with the sample shop, indexers and query nodes.
#pragma once
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/aisle_process.h"
#include "tests/support/cluster_rig.h"
#include "tests/support/demo_shop.h"
#include "tests/support/eventually.h"
#include "tests/support/nats_servers.h"

namespace aisle::test {

class ClusterFixture : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string& why : {NatsServers::unavailable(), DemoShop::unavailable()}) {
      if (!why.empty()) GTEST_SKIP() << why;
    }
    nats_ = std::make_unique<NatsServers>();
    shop_ = std::make_unique<DemoShop>();
  }
  void TearDown() override {
    members_.clear();
    shop_.reset();
  }

  // `name` begins with "index" or "node"; `more` is added to its place in the cluster.
  AisleProcess& start(const std::string& name, const nlohmann::json& more = nlohmann::json::object(),
                      const Environment& environment = {}) {
    nlohmann::json config = {{"data_dir", name},
                             {"indexes",
                              {{{"schema", AISLE_SOURCE_DIR "/data/demo/products.json"},
                                {"connection", shop_->conninfo()},
                                {"shards", 4},
                                {"rollback_window_s", rollback_window_.count()}}}},
                             {"cluster",
                              {{"name", "test"},
                               {"self", name},
                               {"nats", nats_->urls()},
                               {"listen", {{"port", 0}}},
                               {"drain_s", 0}}}};
    if (more.is_object()) config["cluster"].update(more);
    const std::filesystem::path file = config_of(name);
    std::ofstream(file) << config.dump(2);
    members_.erase(name);
    auto process = std::make_unique<AisleProcess>(std::vector<std::string>{"--config", file.string()},
                                                  environment, name.starts_with("index") ? "index" : "serve");
    return *members_.emplace(name, std::move(process)).first->second;
  }
  std::filesystem::path config_of(const std::string& name) const { return folder_.path() / (name + ".json"); }
  AisleProcess& member(const std::string& name) { return *members_.at(name); }

  void start_all(const std::vector<std::string>& names) {
    for (const std::string& name : names) start(name);
    for (const std::string& name : names)
      ASSERT_TRUE(member(name).ready(std::chrono::seconds(90))) << member(name).log();
  }

  nlohmann::json cluster_nodes() {
    const CommandResult result =
        run_aisle({"cluster", "status", "--json", "--config", config_of("node-1").string()});
    const auto json = nlohmann::json::parse(result.output, nullptr, false);
    return json.is_object() ? json.value("nodes", nlohmann::json::array()) : nlohmann::json::array();
  }
  // What is said of a killed member stays for a while.
  bool leads(const std::string& name) {
    return eventually([&] { return said_to_lead(name); }, std::chrono::seconds(20));
  }
  bool said_to_lead(const std::string& name) {
    const nlohmann::json nodes = cluster_nodes();
    return std::ranges::any_of(
        nodes, [&](const auto& node) { return node["node"] == name && node["leading"] == true; });
  }
  static std::uint64_t number(const std::string& text) {
    const std::size_t slash = text.find('/');
    return std::strtoull(text.c_str(), nullptr, 16) << 32U |
           std::strtoull(text.c_str() + slash + 1, nullptr, 16);
  }
  // Waits until the member has everything that is committed now.
  testing::AssertionResult catches_up(const std::string& name,
                                      std::chrono::seconds patience = std::chrono::seconds(60)) {
    const std::uint64_t end = number(shop_->session().value("SELECT pg_current_wal_lsn()"));
    nlohmann::json status;
    const bool done = eventually(
        [&] {
          const RawResponse answer = member(name).get("/v1/indexes");
          if (answer.status != 200) return false;
          const nlohmann::json told = nlohmann::json::parse(answer.body);
          if (told["indexes"].empty()) return false;  // it opens them yet
          status = told["indexes"][0];
          return number(status["lsn"].get<std::string>()) >= end;
        },
        patience);
    return done ? testing::AssertionSuccess()
                : testing::AssertionFailure() << name << " is not at " << end << ": " << status.dump(2);
  }
  // Touches rows, so that every shard gets something.
  void change_prices(int price) {
    shop_->session().exec(
        fmt::format("UPDATE prices SET price = {0}, list_price = {0} WHERE product_id % 97 = 1", price));
  }
  nlohmann::json answer_of(const std::string& name, const std::string& q) {
    return member(name).search("products", {{"q", q}, {"facets", "brand,price"}, {"per_page", "50"}});
  }
  // Without what the time of asking decides.
  nlohmann::json answer_to(const std::string& name, const std::string& target) {
    nlohmann::json answer = comparable(member(name).get(target));
    if (answer.is_object()) answer.erase("view");
    return answer;
  }
  // The same ids, order, scores and facets everywhere.
  void expect_equal_answers(const std::vector<std::string>& names) {
    for (const std::string q : {"kettle", "wireles headphnes", "cable", ""}) {
      nlohmann::json first = answer_of(names.front(), q);
      for (const std::string& name : names) {
        nlohmann::json other = answer_of(name, q);
        EXPECT_EQ(first["total"], other["total"]) << name << " " << q;
        EXPECT_EQ(first["facets"], other["facets"]) << name << " " << q;
        EXPECT_EQ(first["hits"], other["hits"]) << name << " " << q;
      }
    }
  }
  // By shard: seq and chain of what is on disk, of all members that have the active generation.
  std::map<std::string, std::vector<std::string>> chains() {
    std::map<std::string, std::vector<std::string>> found;
    for (const auto& node : cluster_nodes()) {
      const nlohmann::json::json_pointer shards("/indexes/0/generations/0/shards");
      if (!node.contains(shards)) return {};  // it has not told of them yet
      for (const auto& shard : node[shards]) {
        found[node["node"].get<std::string>()].push_back(shard["durable"].dump() + " " +
                                                         shard["chain"].get<std::string>());
      }
    }
    return found;
  }
  testing::AssertionResult one_history() {
    std::map<std::string, std::vector<std::string>> all;
    const bool same = eventually(
        [&] {
          all = chains();
          return !all.empty() && std::ranges::all_of(all, [&](const auto& node) {
            return node.second == all.begin()->second;
          });
        },
        std::chrono::seconds(20));
    return same ? testing::AssertionSuccess() : testing::AssertionFailure() << nlohmann::json(all).dump(2);
  }

  std::chrono::seconds rollback_window_ = std::chrono::hours(24);  // of members that start from now on
  TemporaryFolder folder_;
  std::unique_ptr<NatsServers> nats_;
  std::unique_ptr<DemoShop> shop_;
  std::map<std::string, std::unique_ptr<AisleProcess>> members_;
};

}  // namespace aisle::test
