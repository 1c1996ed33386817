// What the shopper's filter and the rules keep from queries other than the one that is asked: suggestions and
// corrections count what a search for them would list.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/filter.h"
#include "query/limits.h"
#include "query/shard_effects.h"
#include "query/view.h"

namespace aisle {

// Of a request, everything that narrows.
struct NarrowingRequest {
  std::string filter{};
  std::vector<std::string> context{};
  std::int64_t clock = 0;  // seconds since 1970 UTC
};

// Borrows the view. One thread.
class Narrowing {
 public:
  // InvalidArgument for a filter that does not fit the schema or the limits.
  static Result<Narrowing> create(const View& view, NarrowingRequest request, const QueryLimits& limits);

  // The filter, and filters and hidden products of the rules that hold for these words under it; no pins,
  // boosts or signals. Null: nothing narrows. Equal ones are one object.
  Result<std::shared_ptr<const ShardEffects>> of(std::span<const std::string> words);

 private:
  Narrowing(const View& view, NarrowingRequest request, Filter filter, const QueryLimits& limits)
      : view_(&view), request_(std::move(request)), filter_(std::move(filter)), limits_(limits) {}

  const View* view_;
  NarrowingRequest request_;
  Filter filter_;
  QueryLimits limits_;
  std::vector<std::shared_ptr<const ShardEffects>> made_;
};

}  // namespace aisle
