// Answers that were asked for, within a number of bytes. A new one is on probation; asked for once more, it
// has a place among the proven, which only proven ones take from it. So a crawler that asks everything once
// drives out nothing that shoppers ask again.
#pragma once
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "server/view_json.h"

namespace aisle {

struct KeptAnswer {
  AnswerText text;
  bool finds_nothing = false;
  bool lacks_something = false;  // SearchResult::degraded
};

// One thread at a time.
class SegmentedLru {
 public:
  static constexpr std::size_t entry_bytes = 256;  // of an entry besides its texts
  static constexpr std::size_t largest_share = 8;  // an eighth at the most is one answer's

  explicit SegmentedLru(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // Null when it is not there.
  std::shared_ptr<const KeptAnswer> find(std::string_view key);
  // In the place of an older one with that key. Returns how many others had to go. Too large: nothing happens.
  std::size_t keep(std::string key, std::shared_ptr<const KeptAnswer> answer);

  std::size_t bytes() const { return probation_.bytes + proven_.bytes; }
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const KeptAnswer> answer;
    std::size_t bytes = 0;
    bool is_proven = false;
  };
  struct Segment {
    std::list<Entry> entries;  // asked for last first
    std::size_t bytes = 0;
  };
  using Place = std::list<Entry>::iterator;

  void move_to(Segment& from, Segment& to, Place place);
  void drop(Segment& from, Place place);

  const std::size_t bytes_max_;
  Segment probation_;
  Segment proven_;  // at most four fifths
  std::unordered_map<std::string_view, Place> entries_;
};

}  // namespace aisle
