// The member "cluster" of a configuration: which nodes there are and which shards each holds.
#pragma once
#include <string>
#include <vector>

#include "schemas/json_reader.h"
#include "server/fanout/static_cluster_map.h"

namespace aisle {

struct ClusterConfig {
  std::string self;  // id of this node, one of `nodes`
  std::vector<ConfiguredNode> nodes;
  double min_coverage = 1.0;  // of a search that does not say
};

// Errors go to the reader's sink.
ClusterConfig read_cluster(const JsonReader& reader);

}  // namespace aisle
