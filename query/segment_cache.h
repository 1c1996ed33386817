// What is made of a segment once, beside it: kept until the segment goes.
#pragma once
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "query/segment.h"

namespace aisle {

// Thread-safe.
template <class Made>
class SegmentCache {
 public:
  // What make() gave for this segment, always the same. Two threads at once may both make it; one is kept.
  template <class Make>
  std::shared_ptr<const Made> of(const std::shared_ptr<const Segment>& segment, const Make& make) const {
    {
      const std::lock_guard lock(mutex_);
      const auto found = kept_.find(segment.get());
      if (found != kept_.end() && !found->second.segment.expired()) return found->second.made;
    }
    std::shared_ptr<const Made> made = make();
    const std::lock_guard lock(mutex_);
    std::erase_if(kept_, [](const auto& entry) { return entry.second.segment.expired(); });
    kept_.insert_or_assign(segment.get(), Kept{segment, made});
    return made;
  }

 private:
  struct Kept {
    std::weak_ptr<const Segment> segment;
    std::shared_ptr<const Made> made;
  };
  mutable std::mutex mutex_;
  mutable std::unordered_map<const Segment*, Kept> kept_;
};

}  // namespace aisle
