// Any bytes as a replication frame, as a pgoutput message and as a sequence of messages for the collector.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "indexer/postgres/change_collector.h"
#include "indexer/postgres/pgoutput_decoder.h"
#include "indexer/postgres/replication_protocol.h"
#include "indexer/postgres/snapshot.h"

namespace {

std::vector<aisle::FollowedTable> tables() {
  aisle::PostgresSource source;
  source.root_table = "public.products";
  source.tables = {{.table = "public.variants", .root_column = "product_id", .path_query = ""}};
  return aisle::followed_tables(source);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)aisle::decode_pgoutput(bytes);
  (void)aisle::decode_replication_frame(bytes);
  (void)aisle::VisibleTransactions::parse(bytes);
  aisle::ChangeCollector collector(tables(), 4);
  for (std::string_view rest = bytes; !rest.empty();) {  // a byte of length, then a message
    const std::size_t length =
        std::min<std::size_t>(static_cast<std::uint8_t>(rest.front()), rest.size() - 1);
    if (!collector.add(rest.substr(1, length))) break;
    rest.remove_prefix(1 + length);
  }
  return 0;
}
