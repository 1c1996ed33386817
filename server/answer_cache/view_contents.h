// What an answer depends on besides its request: the contents of its view, and the clock as far as the
// ranking looks at it.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "query/view.h"

namespace aisle {

// A stretch of time, in seconds since 1970 UTC, in which the ranking does the same to equal requests. Pure.
struct SteadyTime {
  std::int64_t from;   // the first
  std::int64_t until;  // the first that is not
};
SteadyTime steady_time(const Ranking* ranking, std::int64_t clock);

// Remembers contents without keeping them alive. What is only renamed is the same: a later position in the
// log after which no product differs, another version of the state. Immutable, thread-safe.
class ViewContents {
 public:
  ViewContents(const View& view, std::int64_t clock);

  bool equal(const View& view, std::int64_t clock) const;
  // Whether a view with other contents was taken before: by a request that is slower than others.
  bool newer_than(const View& view, std::int64_t clock) const;

 private:
  using Part = std::weak_ptr<const void>;  // equal when it is the same object, also after its end

  std::vector<Part> parts_;
  SteadyTime time_;
  std::uint64_t state_version_;
  std::uint64_t seqs_;
};

}  // namespace aisle
