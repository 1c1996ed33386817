// One shard on disk: a Xapian database laid out as schemas/term_layout.h says, changed in transactions that
// end with the position they reach.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "schemas/index_schema.h"
#include "schemas/op_batch.h"

namespace aisle {

struct ShardPosition {
  Seq seq = 0;
  Lsn lsn = 0;
  LogPoint log = {};  // of the op at `seq`. Epoch 0: it came from this process
  friend bool operator==(const ShardPosition&, const ShardPosition&) = default;
};

// Ops since the store was created or opened.
struct ShardStatistics {
  std::uint64_t added = 0;
  std::uint64_t replaced = 0;
  std::uint64_t values_changed = 0;  // only columns written, postings untouched
  std::uint64_t unchanged = 0;       // equal to what was stored: nothing written
  std::uint64_t deleted = 0;
  std::uint64_t unknown = 0;  // values or deletes of ids that are not there
};

// Truths: (1) on disk the position is that of the documents, whatever kills the process; (2) a document whose
// encoded form is stored already is not written again; (3) SetNumbers never touches a posting. Threads: one
// at a time. Other processes and threads may read the folder with handles of their own.
class ShardStore {
 public:
  // Creates the folder when there is none or an empty one: whatever kills the process, it is whole or not there.
  //   Conflict            somebody writes to it already; names the folder
  //   FailedPrecondition  NEEDS_REINDEX: built with another schema
  //   DataLoss            the files are damaged
  static Result<std::unique_ptr<ShardStore>> open(std::filesystem::path folder,
                                                  std::shared_ptr<const IndexSchema> schema);
  ~ShardStore();  // changes since the last commit() are dropped

  // Takes the op into the open transaction, beginning one if there is none. Values wait in memory until
  // commit(), the newest of an id wins. Other readers see nothing of it. After an error nothing may be called
  // but reopen().
  Status apply(Op op);

  // Ends the transaction and stores `position` with it, also when no op came before. Errors as apply().
  Status commit(ShardPosition position);

  // Drops what was not committed and starts from the disk again; a folder that vanished is an error, not a
  // new shard. May be repeated after an error.
  Status reopen();

  // As committed. A shard that no log has fed yet has a chain made of its birth and seq when it is opened: so
  // that a log may begin there, and a copy of the files be known as one. All zero for an empty shard.
  ShardPosition position() const;
  std::uint64_t document_count() const;  // with the open transaction
  const ShardStatistics& statistics() const;

 private:
  class Work;  // everything that throws
  static Status create(const std::filesystem::path& folder, const std::shared_ptr<const IndexSchema>& schema);
  explicit ShardStore(std::unique_ptr<Work> work);
  std::unique_ptr<Work> work_;
};

}  // namespace aisle
