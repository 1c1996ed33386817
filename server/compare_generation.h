// A generation against its source, product by product and both ways.
#pragma once
#include <stop_token>

#include "base/error.h"
#include "indexer/verify_report.h"
#include "server/generation.h"
#include "server/service_config.h"
#include "server/source_follower.h"

namespace aisle {

// Blocks; both go on meanwhile. With `repair` differences are read again (PostgreSQL only) and the report is
// that of a second look. Errors: of verify_postgres or verify_file; Unavailable when `stop` was asked for.
Result<VerifyReport> compare_generation(const IndexConfig& config, SourceFollower& source,
                                        Generation& generation, bool repair, const std::stop_token& stop);

}  // namespace aisle
