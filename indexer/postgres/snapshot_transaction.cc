#include "indexer/postgres/snapshot_transaction.h"

#include <algorithm>
#include <string>
#include <thread>

namespace aisle {

SnapshotTransaction::SnapshotTransaction(SnapshotTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)), visible_(std::move(other.visible_)) {}

SnapshotTransaction::~SnapshotTransaction() {
  if (connection_ != nullptr && connection_->alive()) (void)connection_->command("ROLLBACK");
}

Status SnapshotTransaction::end() {
  Connection* connection = std::exchange(connection_, nullptr);
  AISLE_CHECK(connection->command("COMMIT"));
  return {};
}

Result<SnapshotTransaction> SnapshotTransaction::begin(Connection& connection,
                                                       std::span<const std::uint32_t> xids,
                                                       Deadline deadline) {
  std::chrono::milliseconds wait{2};
  while (true) {
    AISLE_TRY(const Rows rows, connection.command("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
                                                  "SELECT pg_current_snapshot()"));
    SnapshotTransaction transaction(connection, {});  // from here on it is rolled back on every way out
    AISLE_TRY(transaction.visible_, VisibleTransactions::parse(rows.text(0, 0)));
    const auto hidden = std::find_if(xids.begin(), xids.end(),
                                     [&](std::uint32_t xid) { return !transaction.visible_.sees(xid); });
    if (hidden == xids.end()) return transaction;
    if (deadline.expired()) {
      return fail(ErrorCode::DeadlineExceeded,
                  "transaction " + std::to_string(*hidden) +
                      " was streamed but is not yet visible: a synchronous standby may be away");
    }
    {
      const SnapshotTransaction rolled_back(std::move(transaction));
    }
    std::this_thread::sleep_for(std::min(wait, deadline.remaining()));
    wait = std::min(wait * 2, std::chrono::milliseconds(50));
  }
}

}  // namespace aisle
