// Compares a generation with the database it follows, product by product and both ways, while both go on.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/verify_report.h"
#include "schemas/index_schema.h"
#include "schemas/op.h"

namespace aisle {

struct VerifyInput {
  std::shared_ptr<const IndexSchema> schema;  // of the generation; has a PostgresSource
  std::string connection;                     // in place of the schema's when not empty
  std::vector<std::filesystem::path> shards;  // folders of all shards, in their order
  std::function<Lsn()> durable_lsn;           // of the generation
  std::function<Status(Deadline)> flush;      // makes durable what the generation has taken so far
  // Reads products again, as PostgresFeed::repair; empty: differences are only told.
  std::function<Status(std::vector<std::string>)> repair;
  std::function<std::size_t()> repairs_left;    // as FeedStatus::repairs; needed with `repair`
  std::chrono::milliseconds patience{120'000};  // for the index to reach a position of the database
  std::size_t chunk_rows = 2'000;
  unsigned builders = 1;  // threads that build documents
  std::stop_token stop = {};
};

// Blocks. A difference counts only when it persists: the product was read again, the index has reached that
// position since, and the next reading shows that the source did not change meanwhile. With `repair` the
// differences are repaired and looked at once more; the report is that of the second look.
//   InvalidArgument    the schema has no PostgreSQL source
//   DeadlineExceeded   the index did not reach the database's position: the feed does not run
//   Unavailable        the connection was lost, or the stop was asked for
//   ResourceExhausted  more than candidates_max products differ: read everything again instead
inline constexpr std::size_t verify_candidates_max = 1'000'000;
Result<VerifyReport> verify_postgres(const VerifyInput& input);

}  // namespace aisle
