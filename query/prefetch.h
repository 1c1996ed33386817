// Brings what will be read soon into the processor's cache while something else is done. Never changes a
// result.
#pragma once

namespace aisle {

// `address` may be anything, null too.
inline void prefetch(const void* address) {
  __builtin_prefetch(address);
}

}  // namespace aisle
