// What a node of a cluster tells the others about itself.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "schemas/op_batch.h"
#include "schemas/shard_selection.h"

namespace aisle {

struct ShardPresence {
  Seq applied = 0;            // searchable
  Seq durable = 0;            // on disk
  Lsn lsn = 0;                // on disk
  LogPoint log;               // of what is on disk
  Seq checked = 0;            // where its content was looked at last; 0 = never
  std::uint64_t content = 0;  // a number over it there: equal copies have equal ones
  std::string trouble;        // why it does not follow, "" = it does
  friend bool operator==(const ShardPresence&, const ShardPresence&) = default;
};

struct GenerationPresence {
  std::uint32_t number = 1;
  bool ready = false;                   // may be searched
  std::vector<std::string> statistics;  // hashes of those it can answer with, the newest first
  std::vector<ShardPresence> shards;    // by number; nothing but zeros for those it does not hold
  friend bool operator==(const GenerationPresence&, const GenerationPresence&) = default;
};

struct IndexPresence {
  std::string index;
  std::uint64_t state_version = 0;
  bool leading = false;      // it feeds the index's logs
  std::uint64_t lag_ms = 0;  // of who leads: how old its index may be; in tenths of a second
  std::vector<GenerationPresence> generations;  // by number
  friend bool operator==(const IndexPresence&, const IndexPresence&) = default;
};

struct NodePresence {
  std::string node;
  std::string address;    // "http://10.0.0.5:8700": of the listener that other nodes call
  std::string role;       // "serve" or "index"
  std::string version;    // of the program
  bool leading = false;   // it feeds an index
  bool draining = false;  // send it no more searches
  ShardSelection shards;
  std::vector<IndexPresence> indexes;
  friend bool operator==(const NodePresence&, const NodePresence&) = default;
};

// JSON; unknown members of a newer version are passed over. decode: DataLoss with a JSON pointer.
std::string encode_presence(const NodePresence& node);
Result<NodePresence> decode_presence(std::string_view text);

}  // namespace aisle
