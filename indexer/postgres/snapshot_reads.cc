#include "indexer/postgres/snapshot_reads.h"

#include <utility>

namespace aisle {

Result<ReadRecords> SnapshotReads::documents(const DocumentReader& reader, std::span<const std::string> ids) {
  return read(reader.document_sql(), ids,
              [&](std::span<const std::string> some) { return reader.documents(connection_, some); });
}

Result<ReadRecords> SnapshotReads::values(const DocumentReader& reader, std::span<const std::string> ids) {
  return read(reader.volatile_sql(), ids,
              [&](std::span<const std::string> some) { return reader.values(connection_, some); });
}

Result<ReadRecords> SnapshotReads::read(const std::string& sql, std::span<const std::string> ids,
                                        const Read& read) {
  if (!shared_) return read(ids);
  Known& known = known_[sql];
  std::vector<std::string> unknown;
  for (const std::string& id : ids) {
    if (!known.contains(id)) unknown.push_back(id);
  }
  AISLE_TRY(ReadRecords fresh, read(unknown));
  for (SourceRecord& record : fresh.records) known[record.id] = std::move(record.json);
  for (const std::string& id : fresh.missing) known[id] = std::nullopt;
  ReadRecords out;
  for (const std::string& id : ids) {
    const std::optional<std::string>& json = known.at(id);
    if (json) {
      out.records.push_back({id, *json});
    } else {
      out.missing.push_back(id);
    }
  }
  return out;
}

}  // namespace aisle
