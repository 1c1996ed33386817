// aisle reindex, generations, rollback, gc: what ops do with the generations of a running service.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "server/commands/admin_client.h"

namespace CLI {
class App;
}

namespace aisle {

struct ReindexOptions {
  AdminPlace place;
  std::string index;
  std::uint32_t shards = 0;
  bool wait = false;
  bool dry_run = false;
  bool force = false;
  bool resync = false;           // read everything again into the generation that is there
  std::vector<std::string> ids;  // only these, the same way
  std::string comment;
};
// 0: begun, or with `wait`: switched.
int reindex(const ReindexOptions& options);

struct GenerationOptions {
  AdminPlace place;
  std::string index;
  std::string comment;
  bool dry_run = false;
  bool json = false;
};
int reindex_status(const GenerationOptions& options);
int reindex_cancel(const GenerationOptions& options);
int generations(const GenerationOptions& options);
int rollback(const GenerationOptions& options);
int gc(const GenerationOptions& options);

// Who is noted for a change: the user of the terminal.
std::string who_am_i();

void add_generation_commands(CLI::App& app, int& exit_code);

}  // namespace aisle
