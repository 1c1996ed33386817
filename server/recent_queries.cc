#include "server/recent_queries.h"

#include <functional>
#include <string>

namespace aisle {
namespace {

std::uint64_t key_of(const SearchRequest& request) {
  std::string all = request.q + '\0' + request.filter;
  for (const auto* list : {&request.facets, &request.sort}) {
    for (const std::string& name : *list) all += '\0' + name;
    all += '\1';
  }
  return std::hash<std::string>()(all);
}

}  // namespace

void RecentQueries::note(const SearchRequest& request) {
  const std::uint64_t key = key_of(request);
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock() || !known_.insert(key).second) return;
  if (kept_.size() < kept_max) {
    kept_.push_back(request);
    keys_.push_back(key);
    return;
  }
  known_.erase(keys_[next_]);
  kept_[next_] = request;
  keys_[next_] = key;
  next_ = (next_ + 1) % kept_max;
}

std::vector<SearchRequest> RecentQueries::list() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

}  // namespace aisle
