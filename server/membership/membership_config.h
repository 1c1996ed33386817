// What the member "cluster" of a configuration says of JetStream and of this node's place in the cluster.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "schemas/json_reader.h"
#include "schemas/shard_selection.h"

namespace aisle {

struct MembershipConfig {
  std::string name;               // of the cluster: letters, digits, '_' and '-'
  std::string node;               // of this member, unique in the cluster; the same letters
  std::vector<std::string> nats;  // addresses of its JetStream servers
  std::string address = {};  // where other nodes reach this one, "http://10.0.0.5:8702"; "" = its listener's
  int replicas = 1;          // copies that JetStream keeps of logs and state
  int ack_replicas = 2;      // nodes that have a change on disk before PostgreSQL may forget it
  ShardSelection shards = {};  // of every generation: those this node holds; an indexer holds all
  double min_coverage = 1.0;   // of a search that does not say
  std::chrono::seconds check_interval{600};  // between two comparisons of all copies' content; 0 = never
  std::chrono::seconds drain{5};             // from readyz 503 to the end of listening
};

// Nothing without "nats"; errors go to the reader's sink.
std::optional<MembershipConfig> read_membership(const JsonReader& reader);

}  // namespace aisle
