#include "indexer/postgres/verifier.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/deadline.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"
#include "indexer/postgres/replication_protocol.h"
#include "indexer/postgres/root_table.h"
#include "indexer/postgres/snapshot_transaction.h"
#include "indexer/record_fingerprints.h"
#include "indexer/stored_generation.h"

namespace aisle {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t index_page_ids = 20'000;
constexpr int settle_rounds_max = 20;
constexpr int settled_rounds = 6;  // a value that keeps changing among three fools so many once in a million
constexpr std::chrono::milliseconds poll_interval{20};

// Fingerprint in the source: 0 = not in the catalogue, nothing = there, but it cannot be indexed.
using SourceFingerprint = std::optional<std::uint64_t>;
using Fingerprints = std::unordered_map<std::string, SourceFingerprint>;

struct SourceLook {
  Fingerprints found;
  Lsn lsn = 0;  // every commit that the look saw ends here or before
};

// What one round read of a product that differs.
struct Reading {
  SourceFingerprint source;
  std::uint64_t index = 0;
  int rounds = 1;  // in a row that read the same
};

Difference judge(std::uint64_t in_index, const SourceFingerprint& in_source) {
  if (!in_source || *in_source == in_index) return Difference::None;
  if (*in_source == 0) return Difference::Extra;
  return in_index == 0 ? Difference::Missing : Difference::Different;
}

class Verifier {
 public:
  Verifier(const VerifyInput& input, Connection connection, std::shared_ptr<const DocumentBuilder> builder)
      : input_(input),
        connection_(std::move(connection)),
        reader_(*input.schema, std::get<PostgresSource>(input.schema->source)),
        fingerprints_(std::move(builder), std::max(1U, input.builders)),
        generation_(input.shards) {}

  Result<VerifyReport> run() {
    const auto begin = SteadyClock::now();
    AISLE_CHECK(reader_.prepare(connection_));
    const auto tables = followed_tables(std::get<PostgresSource>(input_.schema->source));
    AISLE_TRY(root_, RootTable::open(connection_, tables.front()));
    AISLE_TRY(report_.lsn, position());
    AISLE_CHECK(compare_source());
    AISLE_CHECK(compare_index());
    AISLE_TRY(auto differences, settle(std::exchange(candidates_, {})));
    if (!differences.empty() && input_.repair) {
      AISLE_TRY(differences, repair(differences));
    }
    std::ranges::sort(differences);
    for (const auto& [id, difference] : differences) report_.add(difference, id);
    report_.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    return report_;
  }

 private:
  using Differences = std::vector<std::pair<std::string, Difference>>;

  // Where the server's log stands: what a snapshot taken before this call sees ends before it.
  Result<Lsn> position() {
    AISLE_TRY(const Rows rows, connection_.query("SELECT pg_current_wal_insert_lsn()"));
    AISLE_TRY(const Lsn lsn, parse_lsn(rows.text(0, 0)));
    return without_page_header(lsn);
  }

  Result<SourceLook> look(std::span<const std::string> ids) {
    AISLE_TRY(SnapshotTransaction transaction,
              SnapshotTransaction::begin(connection_, {}, Deadline::never()));
    AISLE_TRY(const ReadRecords read, reader_.documents(connection_, ids));
    SourceLook out;
    AISLE_TRY(out.lsn, position());
    AISLE_CHECK(transaction.end());
    const std::vector<SourceFingerprint> built = fingerprints_.of(read.records);
    for (std::size_t i = 0; i < built.size(); ++i) out.found[read.records[i].id] = built[i];
    for (const std::string& id : read.missing) out.found[id] = 0;
    return out;
  }

  // Every product of the root table.
  Status compare_source() {
    std::string cursor;
    for (bool first = true;; first = false) {
      AISLE_TRY(const std::vector<std::string> ids,
                root_->ids_after(connection_, first, cursor, input_.chunk_rows));
      AISLE_CHECK(compare(ids));
      if (ids.size() < input_.chunk_rows) return {};
      cursor = ids.back();
    }
  }

  Status compare(const std::vector<std::string>& ids) {
    if (input_.stop.stop_requested()) return fail(ErrorCode::Unavailable, "the comparison was stopped");
    AISLE_TRY(const SourceLook source, look(ids));
    AISLE_TRY(const auto indexed, generation_.fingerprints(ids));
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const SourceFingerprint& wanted = source.found.at(ids[i]);
      if (wanted != 0 || indexed[i] != 0) ++report_.checked;
      if (!wanted) ++report_.refused;
      if (judge(indexed[i], wanted) != Difference::None) candidates_.push_back(ids[i]);
    }
    return check_candidates();
  }

  // Products of the index that the root table has not.
  Status compare_index() {
    std::string after;
    while (true) {
      AISLE_TRY(const std::vector<std::string> ids, generation_.ids(after, index_page_ids));
      if (ids.empty()) return {};
      AISLE_TRY(std::vector<std::string> absent, root_->absent(connection_, ids));
      report_.checked += absent.size();
      std::ranges::move(absent, std::back_inserter(candidates_));
      AISLE_CHECK(check_candidates());
      after = ids.back();
    }
  }

  Status check_candidates() const {
    if (candidates_.size() <= verify_candidates_max) return {};
    return fail(ErrorCode::ResourceExhausted,
                "more than " + std::to_string(verify_candidates_max) + " products differ: reindex instead");
  }

  Status await_position(Lsn lsn) {
    const Deadline deadline = Deadline::after(input_.patience);
    while (input_.durable_lsn() < lsn) {
      if (input_.stop.stop_requested()) return fail(ErrorCode::Unavailable, "the comparison was stopped");
      if (deadline.expired()) {
        return fail(ErrorCode::DeadlineExceeded, "the index stands at " + format_lsn(input_.durable_lsn()) +
                                                     " and did not reach the database's position " +
                                                     format_lsn(lsn));
      }
      std::this_thread::sleep_for(poll_interval);
    }
    return input_.flush(deadline);  // scans and repairs leave the position where it is
  }

  // Of `ids` those that still differ. Per round: read the source, wait until the index is at least as new,
  // read the index. One that differs is decided when rounds in a row have read the same from both: two would
  // not do, since a price that changes all the time comes back to a former value.
  Result<Differences> settle(std::vector<std::string> ids) {
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    Differences out;
    std::unordered_map<std::string, Reading> before;
    for (int round = 0; round < settle_rounds_max && !ids.empty(); ++round) {
      AISLE_TRY(const SourceLook source, look_at_all(ids));
      AISLE_CHECK(await_position(source.lsn));
      AISLE_TRY(const auto indexed, generation_.fingerprints(ids));
      std::unordered_map<std::string, Reading> now;
      std::vector<std::string> undecided;
      for (std::size_t i = 0; i < ids.size(); ++i) {
        Reading reading{source.found.at(ids[i]), indexed[i]};
        const Difference difference = judge(reading.index, reading.source);
        if (difference == Difference::None) continue;
        const auto known = before.find(ids[i]);
        const bool same = known != before.end() && known->second.source == reading.source &&
                          known->second.index == reading.index;
        reading.rounds = same ? known->second.rounds + 1 : 1;
        if (reading.rounds == settled_rounds) {
          out.emplace_back(ids[i], difference);
        } else {
          undecided.push_back(ids[i]);
          now.emplace(ids[i], reading);
        }
      }
      before = std::move(now);
      ids = std::move(undecided);
    }
    return out;  // what changes between any two looks is not called a difference
  }

  Result<SourceLook> look_at_all(const std::vector<std::string>& ids) {
    SourceLook all;
    for (std::size_t begin = 0; begin < ids.size(); begin += input_.chunk_rows) {
      const std::size_t count = std::min(input_.chunk_rows, ids.size() - begin);
      AISLE_TRY(SourceLook some, look({ids.data() + begin, count}));
      all.found.merge(some.found);
      all.lsn = std::max(all.lsn, some.lsn);
    }
    return all;
  }

  Result<Differences> repair(const Differences& differences) {
    std::vector<std::string> ids;
    for (const auto& [id, difference] : differences) ids.push_back(id);
    AISLE_CHECK(input_.repair(ids));
    const Deadline deadline = Deadline::after(input_.patience);
    while (input_.repairs_left() > 0) {
      if (input_.stop.stop_requested() || deadline.expired()) {
        return fail(ErrorCode::DeadlineExceeded,
                    std::to_string(input_.repairs_left()) + " products still wait to be read again");
      }
      std::this_thread::sleep_for(poll_interval);
    }
    AISLE_TRY(const Differences left, settle(std::move(ids)));
    report_.repaired = differences.size() - left.size();
    return left;
  }

  const VerifyInput& input_;
  Connection connection_;
  DocumentReader reader_;
  RecordFingerprints fingerprints_;
  StoredGeneration generation_;
  std::optional<RootTable> root_;
  std::vector<std::string> candidates_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> verify_postgres(const VerifyInput& input) {
  const auto* source = std::get_if<PostgresSource>(&input.schema->source);
  if (source == nullptr) {
    return fail(ErrorCode::InvalidArgument, "index " + input.schema->index + " has no PostgreSQL source");
  }
  AISLE_TRY(auto builder, DocumentBuilder::create(input.schema));
  ConnectionOptions options;
  options.conninfo = input.connection.empty() ? source->connection : input.connection;
  options.purpose = "aisle " + input.schema->index + " verify";
  AISLE_TRY(Connection connection, Connection::open(options));
  connection.set_stop(input.stop);
  return Verifier(input, std::move(connection), std::move(builder)).run();
}

}  // namespace aisle
