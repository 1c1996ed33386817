#include "server/answer_cache/segmented_lru.h"

#include <iterator>
#include <utility>

namespace aisle {

std::shared_ptr<const KeptAnswer> SegmentedLru::find(std::string_view key) {
  const auto at = entries_.find(key);
  if (at == entries_.end()) return nullptr;
  Entry& entry = *at->second;
  move_to(entry.is_proven ? proven_ : probation_, proven_, at->second);
  entry.is_proven = true;
  while (proven_.bytes > bytes_max_ / 5 * 4 && proven_.entries.size() > 1) {
    const Place last = std::prev(proven_.entries.end());
    last->is_proven = false;
    move_to(proven_, probation_, last);
  }
  return entry.answer;
}

std::size_t SegmentedLru::keep(std::string key, std::shared_ptr<const KeptAnswer> answer) {
  const std::size_t bytes = entry_bytes + key.size() + answer->text.head.size() + answer->text.tail.size();
  if (bytes > bytes_max_ / largest_share) return 0;
  if (const auto at = entries_.find(key); at != entries_.end())
    drop(at->second->is_proven ? proven_ : probation_, at->second);
  probation_.entries.push_front({std::move(key), std::move(answer), bytes, false});
  probation_.bytes += bytes;
  entries_.emplace(probation_.entries.front().key, probation_.entries.begin());
  std::size_t dropped = 0;
  for (; this->bytes() > bytes_max_; ++dropped) {
    Segment& from = probation_.entries.size() > 1 ? probation_ : proven_;
    drop(from, std::prev(from.entries.end()));
  }
  return dropped;
}

void SegmentedLru::move_to(Segment& from, Segment& to, Place place) {
  to.entries.splice(to.entries.begin(), from.entries, place);
  from.bytes -= place->bytes;
  to.bytes += place->bytes;
}

void SegmentedLru::drop(Segment& from, Place place) {
  entries_.erase(place->key);
  from.bytes -= place->bytes;
  from.entries.erase(place);
}

}  // namespace aisle
