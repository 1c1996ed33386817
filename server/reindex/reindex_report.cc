// What a rebuild would do, and how far one is.
#include <fmt/format.h>

#include <algorithm>

#include "schemas/schema_changes.h"
#include "server/reindex/reindexer.h"

namespace aisle {

Result<std::shared_ptr<const IndexSchema>> Reindexer::wanted_schema() const {
  AISLE_TRY(auto schema, IndexSchema::load(parts_.config.schema));
  const std::string index = parts_.folder.path().filename().string();
  if (schema->index != index) {
    return fail(ErrorCode::InvalidArgument, fmt::format("{} is of index \"{}\", not \"{}\"",
                                                        parts_.config.schema.string(), schema->index, index));
  }
  return schema;
}

Result<ReindexPlan> Reindexer::plan(const ReindexRequest& request) const {
  AISLE_TRY(const auto schema, wanted_schema());
  AISLE_TRY(const auto state, parts_.store.read());
  if (!state) return fail(ErrorCode::FailedPrecondition, "the index has no state yet");
  ReindexPlan plan;
  plan.from = state->active.number;
  plan.to = std::max(manifest().to, state->last_generation);  // a number is never given twice
  AISLE_TRY(const auto on_disk, parts_.folder.generations());
  for (const std::uint32_t number : on_disk) plan.to = std::max(plan.to, number);
  for (const auto& named : {std::optional(state->active), state->previous, state->building}) {
    if (named) plan.to = std::max(plan.to, named->number);
  }
  ++plan.to;
  if (const auto active = parts_.generations.find(plan.from)) {
    plan.products = active->view().live();
    plan.changes = content_changes(*active->schema(), *schema);
  }
  plan.products = std::max(plan.products, estimate_products(*schema, parts_.config));
  plan.shards = shards_for(request.shards > 0 ? request.shards : parts_.config.shards, plan.products);
  plan.bytes_now = folder_bytes(parts_.folder.generation_path(plan.from));
  plan.bytes_needed = static_cast<std::uint64_t>(static_cast<double>(plan.bytes_now) * disk_factor);
  AISLE_TRY(plan.bytes_free, parts_.free_bytes(parts_.folder.path()));
  return plan;
}

Status Reindexer::check_disk(const ReindexPlan& plan) const {
  if (plan.bytes_free >= plan.bytes_needed) return {};
  return fail(ErrorCode::ResourceExhausted,
              fmt::format("{} has {} MB free, a rebuild of generation {} ({} MB) needs {} MB",
                          parts_.folder.path().string(), plan.bytes_free >> 20U, plan.from,
                          plan.bytes_now >> 20U, plan.bytes_needed >> 20U));
}

Status Reindexer::refuse_second() const {
  const auto now = status();
  if (!now || !now->manifest.under_way()) return {};
  std::string how_far = fmt::format("{} products", now->products);
  if (now->estimate > 0) how_far += fmt::format(" of about {}", now->estimate);
  return fail(ErrorCode::Conflict,
              fmt::format("a reindex is under way: generation {} is {}, {} read, begun {} by {}",
                          now->manifest.to, reindex_state_name(now->manifest.state), how_far,
                          now->manifest.started, now->manifest.who));
}

std::optional<ReindexStatus> Reindexer::status() const {
  ReindexStatus status;
  double seconds = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!manifest_) return std::nullopt;
    status.manifest = *manifest_;
    seconds = std::chrono::duration<double>(Steady::now() - launched_).count();
  }
  status.bytes = folder_bytes(parts_.folder.generation_path(status.manifest.to));
  const auto generation = parts_.generations.find(status.manifest.to);
  if (!generation) return status;
  if (!status.manifest.under_way()) {
    status.products = generation->view().live();
    return status;
  }
  const SourceProgress progress = parts_.source.progress(*generation);
  status.stage = progress.stage;
  status.products = progress.products;
  status.estimate = progress.estimate;
  status.problem = progress.problem;
  if (const auto waits = waits_for_.get(); waits && status.problem.empty()) status.problem = *waits;
  const bool reads = progress.stage.starts_with("chunk:") || progress.stage == "importing";
  if (!reads || seconds <= 0) return status;
  status.per_second = static_cast<double>(progress.products) / seconds;
  if (status.per_second > 0 && progress.estimate > progress.products) {
    status.seconds_left = static_cast<double>(progress.estimate - progress.products) / status.per_second;
  }
  return status;
}

}  // namespace aisle
