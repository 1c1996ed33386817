// What is written down about the rebuilding of an index, so that it goes on after any crash.
#pragma once
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "server/reindex/warm_up.h"

namespace aisle {

//   planned -> building -> catching_up -> verified -> warming -> active <-> rolled_back, or failed from the first five
enum class ReindexState : std::uint8_t {
  Planned,     // the new generation's folder exists
  Building,    // it is named in the index's state, and read from the source
  CatchingUp,  // everything was read once; the last changes come in
  Verified,    // it passed the gate
  Warming,     // searched once, before shoppers do
  Active,      // switched to
  RolledBack,  // was active; the former one is again
  Failed       // or cancelled: see reason; nothing was switched
};
std::string_view reindex_state_name(ReindexState state);

std::string new_reindex_id();  // random

struct ReindexManifest {
  std::string id;  // random
  ReindexState state = ReindexState::Planned;
  std::uint32_t from = 0;  // generation that was active when it was planned
  std::uint32_t to = 0;
  std::uint32_t shards = 1;
  bool force = false;  // the gate only tells
  std::string who;
  std::string comment;
  std::string started;               // ISO 8601, UTC
  std::string finished;              // the same; "" while it is under way
  std::string reason;                // why it failed, or what the gate would have said
  std::vector<std::string> changes;  // of the schema, in words
  WarmUp warm_up;                    // once it was warming
  friend bool operator==(const ReindexManifest&, const ReindexManifest&) = default;

  bool under_way() const { return state <= ReindexState::Warming; }

  // The one of an index's folder: the last that was begun. Nothing when there was none; DataLoss when
  // damaged.
  static Result<std::optional<ReindexManifest>> load(const std::filesystem::path& index_folder);
  Status store(const std::filesystem::path& index_folder) const;
};

nlohmann::json to_json(const ReindexManifest& manifest);

}  // namespace aisle
