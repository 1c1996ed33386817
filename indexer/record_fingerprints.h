// The fingerprints that records of a source would have in an index.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "indexer/builder_pool.h"
#include "indexer/change.h"
#include "indexer/document_builder.h"

namespace aisle {

// One thread at a time. The document builder itself makes them: there is no second definition of equality.
class RecordFingerprints {
 public:
  explicit RecordFingerprints(std::shared_ptr<const DocumentBuilder> builder, unsigned threads = 1)
      : builder_(std::move(builder)), pool_(threads) {}

  // In the order of `records`; nothing for one that cannot be indexed.
  std::vector<std::optional<std::uint64_t>> of(std::span<const SourceRecord> records);

 private:
  std::shared_ptr<const DocumentBuilder> builder_;
  BuilderPool pool_;
};

}  // namespace aisle
