// Compares a generation with the file it was read from.
#pragma once
#include <filesystem>
#include <memory>
#include <vector>

#include "base/error.h"
#include "indexer/verify_report.h"
#include "schemas/index_schema.h"

namespace aisle {

// `shards`: folders of all shards, in their order. Nothing is written. The file must not be imported
// meanwhile. Errors as import_file.
Result<VerifyReport> verify_file(const std::filesystem::path& file, std::shared_ptr<const IndexSchema> schema,
                                 std::vector<std::filesystem::path> shards);

}  // namespace aisle
