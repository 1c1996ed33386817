// Brings what will be read soon into the processor's cache while something else is done. Never changes a
// result.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace aisle {

// `address` may be anything, null too.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
}

// Goes through ascending documents, for each of which some bytes are read, block by block: calls
// use(begin, end) for [begin, end) of them. Before that, what the next block reads is fetched, fetch(document),
// when its documents lie so far apart that the processor does not see by itself where this leads.
template <class Fetch, class Use>
void each_block(std::span<const std::uint32_t> documents, const Fetch& fetch, const Use& use) {
  constexpr std::size_t block = 128;
  constexpr std::uint32_t gap = 16;
  std::size_t end = std::min(block, documents.size());
  for (std::size_t begin = 0; begin < documents.size();
       begin = end, end = std::min(end + block, documents.size())) {
    const auto next = documents.subspan(end, std::min(block, documents.size() - end));
    if (!next.empty() && next.back() - next.front() > block * gap) {
      for (const std::uint32_t document : next) fetch(document);
    }
    use(begin, end);
  }
}

}  // namespace aisle
