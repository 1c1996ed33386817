// Makes and removes what the feed needs on the server: a publication of exactly the followed tables and a
// slot.
#pragma once
#include <chrono>
#include <string>

#include "base/error.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "schemas/index_schema.h"
#include "schemas/op.h"

namespace aisle {

// Names the tables, never FOR ALL TABLES: other tables' changes are not ours to decode, and a table without a
// primary key would refuse the application's updates.
std::string create_publication_sql(const std::string& publication, const std::vector<FollowedTable>& tables);
Status create_publication(Connection& connection, const std::string& publication,
                          const std::vector<FollowedTable>& tables);

// Waits for write transactions that are open now. DeadlineExceeded names the server processes it waited for;
// nothing is left behind then. Returns the position from which changes will be delivered. The publication
// must exist before: a slot reads the catalogue of its time.
Result<Lsn> create_slot(Connection& connection, const std::string& slot, std::chrono::milliseconds timeout);

// Publication if missing, then slot if missing.
Status create_publication_and_slot(const PostgresSource& source, const std::string& conninfo,
                                   std::chrono::milliseconds timeout = std::chrono::minutes(1));

// Whether a process streams from it now; false when it does not exist.
Result<bool> slot_is_held(Connection& connection, const std::string& slot);

// Several processes agree by it who may look at the slot next and begin to stream from it. It lasts until it
// is released or the connection ends; the server ends one that was silent for `patience` (from PostgreSQL 14
// on), so that a process that hangs keeps nobody out. False: another connection has the claim.
Result<bool> claim_slot(Connection& connection, const std::string& slot, std::chrono::milliseconds patience);
Status release_claim(Connection& connection, const std::string& slot);

// No error when it does not exist. Conflict while somebody uses it.
Status drop_slot(Connection& connection, const std::string& slot);
Status drop_publication_and_slot(const PostgresSource& source, const std::string& conninfo);

}  // namespace aisle
