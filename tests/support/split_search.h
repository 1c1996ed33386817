// The shards of a view as if they lay on several nodes: each group answers for itself, what it answers is
// taken apart into bytes and put together again, and the answers are merged.
#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "query/limits.h"
#include "query/shard_search.h"

namespace aisle::test {

class SplitSearch final : public ShardSearch {
 public:
  // `group_of[i]`: of shard i; groups are numbered from 0.
  SplitSearch(const View& view, const std::vector<std::size_t>& group_of, const QueryLimits& limits = {});

  Result<std::vector<WordExpansion>> expand(const ExpandRequest& request) override;
  Result<std::vector<PlanCount>> count(const CountRequest& request) override;
  Result<MatchResult> match(const MatchRequest& request) override;
  Result<std::vector<FetchedProduct>> fetch(const FetchRequest& request,
                                            std::span<const ShardHit> hits) override;
  Result<std::vector<FetchedProduct>> fetch_by_id(const FetchRequest& request,
                                                  std::span<const std::string_view> ids) override;
  void limit(Deadline until) override {
    for (LocalShardSearch& group : groups_) group.limit(until);
  }
  bool is_far() const override { return true; }

  Lsn lsn() const override { return 0; }

 private:
  std::shared_ptr<const Statistics> statistics_;
  std::shared_ptr<const IndexSchema> schema_;
  QueryLimits limits_;
  std::vector<View> views_;
  std::deque<LocalShardSearch> groups_;
};

}  // namespace aisle::test
