// A pipeline over shards of its own, as an embedded index has it.
#pragma once
#include "indexer/index_pipeline.h"

namespace aisle::test {

inline Result<std::unique_ptr<IndexPipeline>> open_pipeline(std::shared_ptr<const IndexFolder> folder,
                                                            std::shared_ptr<const IndexSchema> schema,
                                                            const ShardSetOptions& shards,
                                                            unsigned builders = 1) {
  AISLE_TRY(auto set, ShardSet::open(std::move(folder), std::move(schema), shards));
  return IndexPipeline::open(std::move(set), {.builders = builders});
}

}  // namespace aisle::test
