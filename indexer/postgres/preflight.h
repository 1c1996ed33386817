// Looks at a PostgreSQL source before anything runs: at every connect of the feed and for `aisle check`.
#pragma once
#include <optional>
#include <vector>

#include "base/error.h"
#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"
#include "indexer/postgres/finding.h"
#include "indexer/postgres/key_resolver.h"
#include "indexer/postgres/replication_stream.h"
#include "indexer/postgres/source_identity.h"

namespace aisle {

struct SourceReport {
  std::vector<Finding> findings;
  SourceState state;
  bool publication_exists = false;
  std::vector<FollowedTable> unpublished;  // followed, and not in the publication that exists
};

// Changes nothing. An error means that the look itself failed (connection lost); what is wrong with the
// source is told by findings. Prepares `reader` and `resolver` on the way.
class Preflight {
 public:
  Preflight(const PostgresSource& source, Connection& connection);

  Result<SourceReport> run(const SystemIdentity& system, const std::optional<SourceIdentity>& known,
                           Lsn index_lsn, DocumentReader& reader, KeyResolver& resolver);
  // The publication part alone: cheap enough for every minute.
  Result<SourceReport> look_at_publication();

 private:
  Status look_at_server();
  Status look_at_slot();
  Status look_at_table(const FollowedTable& table);
  Status look_at_members(const std::string& publication_oid, bool via_root);
  Status look_at_queries(DocumentReader& reader, KeyResolver& resolver);
  Status look_at_ids(const DocumentReader& reader);
  void find(FindingCode code, FindingSeverity severity, std::string message, std::string fix = "");

  const PostgresSource& source_;
  Connection& connection_;
  const std::vector<FollowedTable> tables_;
  SourceReport report_;
};

// Opens both connections by itself; a connection that fails is a finding too.
std::vector<Finding> check_source(const IndexSchema& schema, const std::string& conninfo,
                                  const std::optional<SourceIdentity>& known = std::nullopt,
                                  Lsn index_lsn = 0);

}  // namespace aisle
