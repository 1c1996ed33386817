// Views of a small catalogue, made in each of the ways a service makes them.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/document_builder.h"
#include "query/image_builder.h"
#include "query/view.h"
#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {

// A schema and where its shards lie. One thread.
class Catalogue {
 public:
  // Fails the test and ends it when the schema is refused.
  explicit Catalogue(std::string_view schema_text);

  const std::shared_ptr<const IndexSchema>& schema() const { return schema_; }
  const std::shared_ptr<const IndexContext>& context() const { return context_; }
  std::uint16_t field(std::string_view name) const { return schema_->find(name)->number; }

  // Each record as an upsert.
  std::vector<Op> upserts(const std::vector<std::string>& records) const;
  Op upsert(std::string_view record) const;

  // Statistics of what the ops leave, out of one merged segment: the same for every way to make the view.
  std::shared_ptr<const Statistics> statistics(std::span<const Op> ops) const;

  // Images fed by the ops: each shard one batch, one segment.
  View grow(std::span<const Op> ops, std::uint32_t shards = 1) const;
  // The same in random batches, with random merges between and background merges beside.
  View grow(std::span<const Op> ops, std::uint32_t shards, Random& random) const;
  // The ops written to shards on disk and loaded from there.
  View load(std::span<const Op> ops, std::uint32_t shards = 1);
  // The whole write path: records through an index pipeline into shards on disk, loaded from there.
  View import(const std::vector<std::string>& records, std::uint32_t shards);
  // The shard folders of the last load().
  const std::vector<std::filesystem::path>& shard_folders() const { return shard_folders_; }

 private:
  View view_of(std::vector<std::shared_ptr<const Image>> images, std::span<const Op> ops) const;

  std::shared_ptr<const IndexSchema> schema_;
  std::shared_ptr<const DocumentBuilder> builder_;
  TemporaryFolder folder_;
  std::shared_ptr<const IndexContext> context_;
  int loads_ = 0;
  std::vector<std::filesystem::path> shard_folders_;
};

// The documents that the ops leave, by id.
std::vector<Document> documents_after(std::span<const Op> ops);

}  // namespace aisle::test
