// What a source (PostgreSQL feed, chunk scan, file) hands to the index pipeline.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "schemas/op_batch.h"

namespace aisle {

struct SourceRecord {
  std::string id;
  std::string json;  // one JSON object: the product's record, or for values the id and its volatile fields
};

// Applied in the order upserts, values, deletes; an id occurs once in a batch.
struct ChangeBatch {
  std::vector<SourceRecord> upserts;
  std::vector<SourceRecord> values;  // volatile fields only
  std::vector<std::string> deletes;
  Lsn lsn = 0;           // every change up to here is in this batch or an earlier one; shards store it.
                         // 0: the position stays where it is
  std::string mark_key;  // metadata committed together with the batch, in every shard ("" = none)
  std::string mark_value;
};

// Where sources deliver. One thread calls apply() at a time.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;

  // Whether other processes may want to feed the same index from the same slot.
  virtual bool competes() const { return false; }
  // A session of the source begins; comes before everything else that is asked in it and, when it competes,
  // only while nobody holds the slot. An error ends the session: another one may follow.
  virtual Status begin(const LogSource&) { return {}; }
  // That session is over: another process may have the slot by now.
  virtual void end() {}

  // Builds and logs the batch; returns when it is in the op log, not when it is durable. Blocks under
  // back-pressure. A record that cannot be built goes to the dead letters and is counted; it does not fail
  // the batch.
  virtual Status apply(ChangeBatch batch) = 0;

  // The lowest LSN that every shard has committed to disk.
  virtual Lsn durable_lsn() const = 0;
  // What may be acknowledged to PostgreSQL; less where copies elsewhere are asked for too. Thread-safe.
  virtual Lsn acknowledged_lsn() const { return durable_lsn(); }

  // Waits until all that was applied so far is durable.
  virtual Status flush(Deadline deadline) = 0;

  // Metadata of an earlier batch, as committed; "" when there is none. All shards agree or the oldest wins.
  virtual Result<std::string> mark(const std::string& key) const = 0;

  // Ids in the index greater than `after` in byte order, at most `count_max`, ordered. Sees everything that
  // was applied before the call. A sweep walks them and asks the source which still exist.
  virtual Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) = 0;

  // On the thread of apply(): whether the next batch would be taken soon; false while the disk is full or far
  // too slow.
  virtual bool has_room() const { return true; }
  // Products in the index, as committed; 0 = not known. Any thread, like the next.
  virtual std::uint64_t document_count() const { return 0; }
  // Records that could not be built, since the sink was opened.
  virtual std::uint64_t refused_total() const { return 0; }
};

}  // namespace aisle
