// `aisle cluster`: what the members of a cluster say of themselves, and orders for them.
#pragma once
#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace aisle {

struct ClusterCommandOptions {
  std::filesystem::path config;
  std::string node;
  bool json = false;
};

// A table of members and of their shards, or JSON. 1 when nobody is there or a shard is in trouble.
int cluster_status(const ClusterCommandOptions& options);
// Orders a member to take no more searches, or to take them again; returns when it says that it does.
int cluster_drain(const ClusterCommandOptions& options, bool out);

void add_cluster_commands(CLI::App& app, int& exit_code);

}  // namespace aisle
