// The configuration of one aisle process: one JSON file with comments. Precedence: flag, environment, file,
// default. Reference: docs/configuration.md.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "server/fanout/cluster_config.h"
#include "server/listen_config.h"
#include "server/membership/membership_config.h"

namespace aisle {

struct IndexConfig {
  std::filesystem::path schema;  // catalogue schema, relative to the configuration file
  std::string connection;        // PostgreSQL conninfo; replaces the schema's when not empty
  std::uint32_t shards = 0;      // of a new generation; 0 = one below 200,000 products, else one a core
  bool create_missing = true;    // publication and slot, when they are not there
  std::chrono::seconds rollback_window =
      std::chrono::hours(24);  // the former generation stays fed after a switch
};

struct ServiceConfig {
  std::filesystem::path data_dir = "aisle-data";
  ListenConfig listen;
  ListenConfig admin{.address = "127.0.0.1", .port = 8701};  // health and metrics
  std::filesystem::path web;                                 // folder served at /; "" = none
  std::string log_level = "info";                            // debug, info, warn, error, off
  std::vector<IndexConfig> indexes;
  QueryLimits limits;
  std::size_t cache_bytes_max = std::size_t{64} << 20U;         // answers kept, of all indexes; 0 = none
  ListenConfig internal{.address = "127.0.0.1", .port = 8702};  // for other nodes of a cluster
  // One of the two, or none: then this process answers alone.
  std::optional<MembershipConfig> membership;  // members find each other
  std::optional<ClusterConfig> cluster;        // a fixed list of nodes

  // `environment`: AISLE_SECTION__KEY=value entries override members of the file, e.g.
  // AISLE_LISTEN__PORT=9000. Errors carry the JSON pointer and the nearest valid name.
  static Result<ServiceConfig> parse(std::string_view text, const std::filesystem::path& folder,
                                     const std::map<std::string, std::string>& environment);
  static Result<ServiceConfig> load(const std::filesystem::path& file);
  // One index, everything else at its default or as the process's environment says.
  static Result<ServiceConfig> of_schema(const std::filesystem::path& schema);
};

// The process's environment variables that begin with AISLE_, but for those that are not settings.
std::map<std::string, std::string> aisle_environment();

}  // namespace aisle
