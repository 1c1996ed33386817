// The shard side of a search: expand words, count and match plans, fetch products, on the shards at hand.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "base/spare_cores.h"
#include "query/expansion.h"
#include "query/limits.h"
#include "query/shard_calls.h"
#include "query/view.h"

namespace aisle {

// All shards of one view as one, wherever they lie. An object serves one request, on one thread. Errors:
//   DeadlineExceeded  the request's time is over
//   Unavailable       shards that the answer must not miss do not answer
class ShardSearch {
 public:
  virtual ~ShardSearch() = default;
  virtual Result<std::vector<WordExpansion>> expand(const ExpandRequest& request) = 0;
  virtual Result<std::vector<PlanCount>> count(const CountRequest& request) = 0;
  virtual Result<MatchResult> match(const MatchRequest& request) = 0;
  // One answer a hit of match(), in their order.
  virtual Result<std::vector<FetchedProduct>> fetch(const FetchRequest& request,
                                                    std::span<const ShardHit> hits) = 0;

  // Products by their ids, wherever they lie.
  virtual Result<std::vector<FetchedProduct>> fetch_by_id(const FetchRequest& request,
                                                          std::span<const std::string_view> ids) = 0;

  // Calls from now on end by `until`, too: an answer can do without what they give. That one is too late is an
  // error then, but tells nothing about the shards. never(): no longer.
  virtual void limit(Deadline until) { until_ = until; }

  // A call is a journey: better one with much than many with little.
  virtual bool is_far() const { return false; }
  // Share of all documents that every answer so far had at least, 0..1.
  virtual double coverage() const { return 1.0; }
  // Every change up to here is in all shards that answered.
  virtual Lsn lsn() const = 0;

 protected:
  Deadline limited(Deadline deadline) const { return Deadline::earlier(deadline, until_); }
  bool is_limited() const { return until_.time() != Deadline::never().time(); }

 private:
  Deadline until_ = Deadline::never();
};

// What the machine has besides the core that a search runs on, at the most as the limits allow.
std::unique_ptr<SpareCores> make_spare_cores(const QueryLimits& limits);

// The shards of this process, by function call and without copies. Borrows the view and `cores`, which help where
// much matches; null: none.
class LocalShardSearch final : public ShardSearch {
 public:
  LocalShardSearch(const View& view, Deadline deadline, SpareCores* cores = nullptr);

  Result<std::vector<WordExpansion>> expand(const ExpandRequest& request) override;
  Result<std::vector<PlanCount>> count(const CountRequest& request) override;
  Result<MatchResult> match(const MatchRequest& request) override;
  Result<std::vector<FetchedProduct>> fetch(const FetchRequest& request,
                                            std::span<const ShardHit> hits) override;
  Result<std::vector<FetchedProduct>> fetch_by_id(const FetchRequest& request,
                                                  std::span<const std::string_view> ids) override;
  Lsn lsn() const override { return view_.lsn(); }

 private:
  Status in_time() const;
  std::vector<ShardHit> locate(std::span<const std::string_view> ids) const;

  const View& view_;
  Deadline deadline_;
  SpareCores::User user_;
  std::vector<const SegmentView*> segments_;  // the largest first
};

}  // namespace aisle
