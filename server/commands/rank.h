// The commands of merchandisers: `aisle rank ...` and `aisle evaluate`. Each returns the process's exit code.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "server/commands/admin_client.h"
#include "server/commands/commands.h"

namespace aisle {

// Without a service: is the document right, and does it fit the schema when one is named?
int rank_check(const std::filesystem::path& file, const std::filesystem::path& schema);

// Common to all that speak to a service.
struct RankOptions {
  AdminPlace place;
  std::string index = "products";  // where no document names it
  std::filesystem::path file;
  std::optional<std::uint32_t> version;
  std::optional<std::uint32_t> expected;  // the version that is published, else it is refused
  std::string who;                        // "" = who_am_i()
  std::string comment;
  std::filesystem::path
      queries;  // a log whose most frequent queries take the place of the document's; "" = none
  std::filesystem::path gate;  // judged queries
  std::optional<double> min_ndcg;
  std::optional<double> max_loss;
  bool json = false;
};
// What the document changes against the published version, or the one named; exit code 1 when they differ.
int rank_diff(const RankOptions& options);
int rank_draft(const RankOptions& options);
int rank_publish(const RankOptions& options);
int rank_rollback(const RankOptions& options);
int rank_history(const RankOptions& options);
int rank_show(const RankOptions& options);

struct EvaluateOptions {
  IndexPlace place;  // an index that no service has open; or
  AdminPlace admin;  // a running service, when `remote`
  bool remote = false;
  std::string index = "products";
  std::vector<std::filesystem::path> judgments;  // one set a file
  std::string ranking;                           // a file or a version's number; "" = the published one
  std::string compare;                           // the same; "" = nothing
  std::size_t worst = 10;                        // queries listed a set
  std::filesystem::path answers;  // one JSON line a query is written there; "" = none. Not of a service
  bool json = false;
};
int evaluate_ranking(const EvaluateOptions& options);

}  // namespace aisle
