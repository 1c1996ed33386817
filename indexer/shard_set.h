// The shards of one generation on this node: each with a local op log and the writer that takes it to disk.
//
//   append to log(k) --> shard writer k (disk)
//                    \-> whoever else registers as reader (images)
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "indexer/index_folder.h"
#include "indexer/local_op_log.h"
#include "indexer/shard_writer.h"
#include "schemas/index_schema.h"
#include "schemas/shard_selection.h"

namespace aisle {

struct ShardSetOptions {
  std::uint32_t generation = 1;
  std::uint32_t shards = 0;             // of a new generation; 0 = decide by the estimate
  std::uint64_t products_estimate = 0;  // one shard below one_shard_products, else one a core
  CommitPace pace = {};
  LocalOpLog::Limits log = {};    // of each shard; bytes_max >= 2 * pace.bytes_max, else commits come late
  ShardSelection selection = {};  // the shards this node holds; the others are neither opened nor made
};

// A mark as it is stored: shards that stopped at different batches are told apart by its number.
struct NumberedMark {
  std::uint64_t number = 0;
  std::string value;
  std::string text() const;
  static NumberedMark parse(const std::string& stored);
};

// Who appends to the logs: the index pipeline of this process, or a follower of a cluster's log; never both.
// Numbers of shards are those of the generation; one that is not held has neither log nor files here, and
// what is said of all shards is said of those held. Threads: open() and close() from one, everything else
// from any.
class ShardSet {
 public:
  static constexpr std::uint64_t one_shard_products = 200'000;

  // Opens the generation or creates it.
  //   FailedPrecondition  NEEDS_REINDEX: the generation was built with another schema; names both and what to
  //   do others              as ShardStore::open and IndexFolder
  static Result<std::shared_ptr<ShardSet>> open(std::shared_ptr<const IndexFolder> folder,
                                                std::shared_ptr<const IndexSchema> schema,
                                                const ShardSetOptions& options);
  ~ShardSet();  // close()
  ShardSet(const ShardSet&) = delete;
  ShardSet& operator=(const ShardSet&) = delete;

  std::uint32_t size() const { return manifest_.shards; }  // of the generation
  bool holds(std::uint32_t shard) const { return selection_.holds(shard); }
  const std::vector<std::uint32_t>& held() const { return held_; }  // ascending
  const GenerationManifest& manifest() const { return manifest_; }
  std::shared_ptr<const IndexSchema> schema() const { return schema_; }
  std::filesystem::path path(std::uint32_t shard) const;

  // For whoever follows a shard: register as reader of the log first, load path(shard) second, then read on
  // from the seq found there. The log begins with the seq the shard had on disk. Null for one that is not
  // held.
  const std::shared_ptr<LocalOpLog>& log(std::uint32_t shard) const { return shards_.at(shard).log; }

  // An error when the shard's writer has ended, with its reason.
  Status alive(std::uint32_t shard) const { return shards_.at(shard).writer->alive(); }

  // What is on disk; the beginning of one that is not held.
  ShardPosition durable(std::uint32_t shard) const {
    return holds(shard) ? shards_.at(shard).writer->durable() : ShardPosition();
  }
  // ShardWriter::checked().
  ContentCheck checked(std::uint32_t shard) const {
    return holds(shard) ? shards_.at(shard).writer->checked() : ContentCheck();
  }
  Lsn durable_lsn() const;  // the lowest of the shards
  std::uint64_t document_count() const;
  ShardStatistics statistics() const;  // of all shards
  // The value of a mark, the oldest when shards differ; "" when there is none.
  Result<std::string> mark(const std::string& key) const;
  // The highest number of a mark: they are counted as they are made.
  Result<std::uint64_t> last_mark() const;
  // Ids greater than `after` in byte order, at most `count_max`, ordered, of all shards.
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) const;

  // Waits until each shard has the op with its `seqs` on disk, whoever appends it. Errors as
  // ShardWriter::flush.
  Status flush(const std::vector<Seq>& seqs, Deadline deadline);

  // ShardWriter::copy.
  Result<ShardPosition> copy(std::uint32_t shard, const std::filesystem::path& to, Deadline deadline) {
    return shards_.at(shard).writer->copy(to, deadline);
  }

  // The same of what the shards' logs hold now.
  Status flush_logs(Deadline deadline);

  // Commits what the logs hold and ends all threads; appends fail afterwards. May be called twice.
  void close();

 private:
  struct Shard {
    std::shared_ptr<LocalOpLog> log;
    std::optional<LocalOpLog::Reader> reader;  // of the writer
    std::unique_ptr<ShardWriter> writer;
  };

  ShardSet(std::shared_ptr<const IndexFolder> folder, std::shared_ptr<const IndexSchema> schema,
           GenerationManifest manifest, ShardSelection selection);
  Status open_shards(const ShardSetOptions& options);

  const std::shared_ptr<const IndexFolder> folder_;
  const std::shared_ptr<const IndexSchema> schema_;
  const GenerationManifest manifest_;
  const ShardSelection selection_;
  std::vector<std::uint32_t> held_;
  std::vector<Shard>
      shards_;  // by number, empty when not held; fixed after open(), its parts are thread-safe
  bool closed_ = false;
};

}  // namespace aisle
