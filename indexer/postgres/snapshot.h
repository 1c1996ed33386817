// Which transactions a PostgreSQL snapshot sees: the guard of every re-read. A commit is streamed before a
// new snapshot can see it, so a document read too early would miss the very change that caused the read.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

struct VisibleTransactions {
  std::uint64_t xmin = 0;                  // every transaction below it has ended
  std::uint64_t xmax = 0;                  // no transaction from it on is visible
  std::vector<std::uint64_t> in_progress;  // ascending, between the two

  // "10:20:10,14,15", as pg_current_snapshot() spells it.
  static Result<VisibleTransactions> parse(std::string_view text);

  // The 64-bit id nearest to the snapshot whose low half is `xid`: the stream carries 32 bits.
  std::uint64_t widen(std::uint32_t xid) const;
  bool sees(std::uint32_t xid) const;
};

}  // namespace aisle
