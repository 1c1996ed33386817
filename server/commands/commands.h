// The commands of the binary. Each returns the process's exit code: 0 done, 1 failed, 2 used wrongly.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "server/membership/membership.h"
#include "server/service_config.h"

namespace aisle {

// Where an index lies, for the commands that work on one without a running service.
struct IndexPlace {
  std::filesystem::path config;    // configuration file; or
  std::filesystem::path schema;    // catalogue schema, all else at its default
  std::filesystem::path data_dir;  // "" = the configuration's
};

struct ServeOptions {
  std::filesystem::path config;
  std::filesystem::path schema;    // instead of a configuration: all defaults
  std::filesystem::path data_dir;  // "" = the configuration's
  std::filesystem::path web;
  int port = -1;  // -1 = the configuration's
  int admin_port = -1;
};
// Runs until SIGTERM or SIGINT. A second signal ends at once. As a member that feeds only in a cluster.
int serve(const ServeOptions& options, MemberRole role = MemberRole::Serve);

struct ImportOptions {
  IndexPlace place;
  std::filesystem::path file;  // "" = the schema's file source
  std::uint32_t shards = 0;
  bool json = false;
};
int import(const ImportOptions& options);

struct SearchOptions {
  IndexPlace place;
  std::string url;                 // of a running service, instead of a place: "http://127.0.0.1:8700"
  std::string index = "products";  // there
  std::string q;
  std::string filter;
  std::vector<std::string> facets;
  std::vector<std::string> sort;
  std::int64_t page = 1;
  std::int64_t per_page = 10;
  bool explain = false;
  bool json = false;
  std::filesystem::path
      queries;  // a file of queries, one a line, tab and weight allowed: prints their latencies
};
int search(const SearchOptions& options);
// The same asked of a running service: prints its answer, errors included, as JSON.
int remote_search(const SearchOptions& options);

// One line a finding; exit code 1 when one of them stops the service.
int check(const std::filesystem::path& config, const std::filesystem::path& schema);

// The first index of a configuration, or the index of a schema file with defaults.
struct OpenedPlace {
  IndexConfig index;
  std::filesystem::path data_dir;
  QueryLimits limits;
};
Result<OpenedPlace> resolve_place(const IndexPlace& place);

// "aisle: <message>" on standard error; returns 1.
int report(const Error& error);

}  // namespace aisle
