// The parts of a message that answer a match or a fetch.
#pragma once
#include "query/shard_calls.h"
#include "query/wire_bytes.h"

namespace aisle {

void write_product(WireWriter& out, const FetchedProduct& product);
FetchedProduct read_product(WireReader& in);

void write_matches(WireWriter& out, const MatchRequest& request, const MatchResult& result);
// Of the same request. The result keeps its texts.
MatchResult read_matches(WireReader& in, const MatchRequest& request);

}  // namespace aisle
