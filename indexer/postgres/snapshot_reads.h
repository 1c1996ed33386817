// Reads in one snapshot for several indexes: what two of them ask in the same words is read once.
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "indexer/postgres/connection.h"
#include "indexer/postgres/document_reader.h"

namespace aisle {

// Lives as long as the transaction on `connection`; one thread.
class SnapshotReads {
 public:
  // With `shared` the answers are kept for the next asker.
  SnapshotReads(Connection& connection, bool shared) : connection_(connection), shared_(shared) {}

  // As DocumentReader.
  Result<ReadRecords> documents(const DocumentReader& reader, std::span<const std::string> ids);
  Result<ReadRecords> values(const DocumentReader& reader, std::span<const std::string> ids);

  Connection& connection() { return connection_; }

 private:
  using Known =
      std::unordered_map<std::string, std::optional<std::string>>;  // id -> JSON, nothing when missing
  using Read = std::function<Result<ReadRecords>(std::span<const std::string>)>;
  Result<ReadRecords> read(const std::string& sql, std::span<const std::string> ids, const Read& read);

  Connection& connection_;
  const bool shared_;
  std::map<std::string, Known> known_;  // by query
};

}  // namespace aisle
