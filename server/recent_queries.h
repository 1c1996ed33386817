// What shoppers asked last, for trying out a new generation before they do.
#pragma once
#include <cstdint>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "query/search_request.h"

namespace aisle {

// Thread-safe. Holds query texts in memory only.
class RecentQueries {
 public:
  static constexpr std::size_t kept_max = 500;

  // Remembers it unless it is among those that are kept. A busy moment may pass it over.
  void note(const SearchRequest& request);
  std::vector<SearchRequest> list() const;

 private:
  mutable std::mutex mutex_;  // guards what follows
  std::vector<SearchRequest> kept_;
  std::vector<std::uint64_t> keys_;  // of kept_, by position
  std::unordered_set<std::uint64_t> known_;
  std::size_t next_ = 0;  // the oldest, once there are kept_max
};

}  // namespace aisle
