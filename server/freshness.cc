#include "server/freshness.h"

#include <fmt/format.h>

#include <limits>

#include "base/utf8.h"
#include "indexer/postgres/replication_protocol.h"

namespace aisle {

Result<Freshness> read_freshness(const SearchRequest& request) {
  Freshness freshness;
  constexpr std::int64_t timeline_max = std::numeric_limits<std::uint32_t>::max();
  if (request.timeline < 0 || request.timeline > timeline_max) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("timeline is {}, expected 0 to {}", request.timeline, timeline_max));
  }
  if (request.wait_ms < 0 || request.wait_ms > Freshness::wait_ms_max) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("wait_ms is {}, the limit is {}", request.wait_ms, Freshness::wait_ms_max));
  }
  if (request.on_stale != "error" && request.on_stale != "flag") {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("on_stale is \"{}\", expected error or flag", cut_utf8(request.on_stale, 64)));
  }
  if (!request.min_lsn.empty()) {
    const auto lsn = parse_lsn(request.min_lsn);
    if (!lsn) {
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("min_lsn is \"{}\", expected a position such as 16/B374D848",
                              cut_utf8(request.min_lsn, 64)));
    }
    freshness.min_lsn = without_page_header(*lsn);  // a place that no message of the server ever names
  }
  freshness.timeline = static_cast<std::uint32_t>(request.timeline);
  freshness.wait = std::chrono::milliseconds(request.wait_ms);
  freshness.flags_stale = request.on_stale == "flag";
  return freshness;
}

Status check_timeline(const Freshness& freshness, std::uint32_t followed) {
  if (freshness.timeline == 0 || followed == 0 || freshness.timeline == followed) return {};
  return fail(ErrorCode::Conflict,
              fmt::format("min_lsn is of timeline {}, the database that is followed is on timeline {}",
                          freshness.timeline, followed));
}

}  // namespace aisle
