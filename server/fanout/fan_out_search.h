// A search whose shards lie on several nodes: this node's by function call, the others' by fan_out.h.
#pragma once
#include <algorithm>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query/shard_search.h"
#include "server/fanout/fan_out.h"

namespace aisle {

// How many products each shard had when it last answered: what a missing one takes from the coverage.
// Thread-safe.
class ShardSizes {
 public:
  void set(std::uint32_t shard, std::uint64_t documents);
  // Share of all documents that the shards which are not `missing` hold; unknown ones count as the mean.
  double coverage(const std::set<std::uint32_t>& missing, std::uint32_t shards) const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::optional<std::uint64_t>> documents_;
};

struct FanOutRequest {
  std::string index;
  Deadline deadline = Deadline::never();
  double min_coverage = 1.0;
  Lsn min_lsn = 0;              // shards that have not all changes up to here are not what is asked for
  SpareCores* cores = nullptr;  // as LocalShardSearch takes them
};

// Borrows the first and the sizes.
class FanOutSearch final : public ShardSearch {
 public:
  // `view` has all shards of the generation in their order; only those that `map` calls own are searched
  // here.
  FanOutSearch(FanOut& fan_out, std::shared_ptr<const ShardMap> map, ShardSizes& sizes, const View& view,
               FanOutRequest request);

  Result<std::vector<WordExpansion>> expand(const ExpandRequest& request) override;
  Result<std::vector<PlanCount>> count(const CountRequest& request) override;
  // Errors: Unavailable names the shards that do not answer and what the answer would have covered.
  Result<MatchResult> match(const MatchRequest& request) override;
  Result<std::vector<FetchedProduct>> fetch(const FetchRequest& request,
                                            std::span<const ShardHit> hits) override;
  Result<std::vector<FetchedProduct>> fetch_by_id(const FetchRequest& request,
                                                  std::span<const std::string_view> ids) override;
  void limit(Deadline until) override;
  bool is_far() const override { return !groups_.empty(); }
  double coverage() const override { return coverage_; }
  Lsn lsn() const override { return std::min(own_view_.lsn(), far_lsn_); }

 private:
  struct Group : ShardGroup {
    bool lost = false;  // it did not answer an earlier call of this request
  };

  // Calls every group that is not lost; `accept` gets the index of the group. Fails when too little is
  // covered.
  Status call(std::string_view operation, std::string body, const std::function<void()>& beside,
              const FanOut::Accept& accept);
  Status call_groups(std::span<const std::size_t> which, GroupCallText text,
                     const std::function<void()>& beside, const FanOut::Accept& accept);
  Status cover(const Error& last);
  Deadline call_deadline() const;
  GroupCallText text_of(std::string_view operation, std::string body) const;

  FanOut& fan_out_;
  std::shared_ptr<const ShardMap> map_;
  ShardSizes& sizes_;
  std::vector<std::uint32_t> own_;
  View own_view_;
  std::shared_ptr<const Statistics> statistics_;
  FanOutRequest request_;
  LocalShardSearch local_;
  std::string view_name_;
  std::vector<Group> groups_;
  double coverage_ = 1.0;
  Lsn far_lsn_ = std::numeric_limits<Lsn>::max();
};

}  // namespace aisle
