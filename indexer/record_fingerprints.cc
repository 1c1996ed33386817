#include "indexer/record_fingerprints.h"

#include "indexer/shard_reader.h"

namespace aisle {

std::vector<std::optional<std::uint64_t>> RecordFingerprints::of(std::span<const SourceRecord> records) {
  std::vector<std::optional<std::uint64_t>> out(records.size());
  pool_.run(records.size(), [&](std::size_t i) {
    auto document = builder_->build(records[i].json);
    if (document) out[i] = product_fingerprint(std::move(*document));
  });
  return out;
}

}  // namespace aisle
