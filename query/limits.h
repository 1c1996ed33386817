// Every bound of a search, named. Breach of a cut limit is told in the answer, of the others is an error that
// names field, value and limit. Tests try each just below and just above.
#pragma once
#include <chrono>
#include <cstddef>

#include "base/error.h"

namespace aisle {

// Of a search that has passed time_hard.
inline tl::unexpected<Error> search_too_late() {
  return fail(ErrorCode::DeadlineExceeded, "the search took longer than its limit");
}

struct QueryLimits {
  std::size_t query_bytes_max = 512;        // cut; reported as truncated
  std::size_t words_max = 10;               // the rest is ignored and reported
  std::size_t prefix_expansions_max = 100;  // most frequent first
  std::size_t typo_candidates_max = 64;     // a word; fewest edits, then most frequent first
  std::size_t filter_bytes_max = 4096;
  std::size_t filter_clauses_max = 64;
  std::size_t filter_depth_max = 32;
  std::size_t filter_in_max = 256;
  std::size_t facets_max = 20;
  std::size_t facet_values_max = 100;
  std::size_t per_page_max = 100;
  std::size_t window_max = 1000;  // page * per_page
  std::size_t sort_keys_max = 3;
  std::size_t suggestions_max = 20;
  std::size_t highlight_bytes_max = 64 * 1024;  // a field; the rest is left unmarked
  std::size_t cores_max = 256;                  // of one search while no other runs; no more than there are
  std::chrono::milliseconds time_soft{150};     // then parts are left out, see SearchResult::degraded
  std::chrono::milliseconds time_hard{500};
};

}  // namespace aisle
