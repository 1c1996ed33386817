// Search requests of arbitrary bytes, as a query string and as a body: a request or a refusal with a message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/search_wire.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& request : {aisle::parse_search_query(text), aisle::parse_search_body(text)}) {
    if (!request && request.error().message.empty()) std::abort();
    if (!request) continue;
    for (const auto* list : {&request->facets, &request->sort}) {
      if (list->size() > size) std::abort();
    }
  }
  return 0;
}
