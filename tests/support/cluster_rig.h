// The sample shop on several nodes: real processes, each with a copy of the same generation, of which it
// searches the shards that the configuration gives it.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/aisle_process.h"
#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {

struct RigNode {
  std::string id;
  std::vector<int> shards;
  std::uint16_t port = 0;  // of its internal listener
};

class ClusterRig {
 public:
  static constexpr int shards = 4;

  // Makes the catalogue and imports it once; "" when it worked, else why not.
  std::string prepare();
  // The catalogue on one node alone, in so many shards.
  std::unique_ptr<AisleProcess> serve_alone(int count);
  // Nodes that know each other; every shard should have two holders for failures to go unseen.
  void start(std::vector<RigNode> nodes, const std::string& limits = "{}");
  AisleProcess& node(std::size_t index) { return *processes_.at(index); }
  const RigNode& description(std::size_t index) const { return nodes_.at(index); }
  // Replaces the data of a node that is to be started by those of another import of fewer products.
  void give_other_data(const std::string& id) { other_data_ = id; }

  // Search targets ("/v1/...") as shoppers and filters make them; of one rig always the same.
  std::vector<std::string> targets(std::size_t count) const;

 private:
  std::filesystem::path import(int count, std::size_t products);

  TemporaryFolder folder_;
  const std::uint64_t seed_ = seeds(1).first;
  std::vector<std::string> records_;
  std::map<int, std::filesystem::path> imported_;  // data folder by number of shards
  std::vector<RigNode> nodes_;
  std::vector<std::unique_ptr<AisleProcess>> processes_;
  std::string other_data_;
};

// A counter of a node's /metrics, 0 when it is not there.
double metric(AisleProcess& node, const std::string& name);

// A search answer without what differs between nodes and runs: time taken.
nlohmann::json comparable(const RawResponse& answer);

}  // namespace aisle::test
