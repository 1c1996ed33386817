// A short REPEATABLE READ, READ ONLY transaction whose snapshot is known to see given commits.
#pragma once
#include <cstdint>
#include <span>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/snapshot.h"

namespace aisle {

// Rolled back when it goes without end(). `connection` must outlive it and be used by nobody else meanwhile.
class SnapshotTransaction {
 public:
  // Begins anew, 2 to 50 ms apart, until every one of `xids` is visible.
  //   DeadlineExceeded   one stayed invisible; the message names it. Nothing is open then.
  static Result<SnapshotTransaction> begin(Connection& connection, std::span<const std::uint32_t> xids,
                                           Deadline deadline);
  SnapshotTransaction(SnapshotTransaction&& other) noexcept;
  SnapshotTransaction& operator=(SnapshotTransaction&&) = delete;
  ~SnapshotTransaction();

  Status end();
  const VisibleTransactions& visible() const { return visible_; }

 private:
  SnapshotTransaction(Connection& connection, VisibleTransactions visible)
      : connection_(&connection), visible_(std::move(visible)) {}
  Connection* connection_;
  VisibleTransactions visible_;
};

}  // namespace aisle
