#include <cstdio>

#include "server/commands/commands.h"

namespace aisle {

Result<OpenedPlace> resolve_place(const IndexPlace& place) {
  if (place.config.empty() == place.schema.empty()) {
    return fail(ErrorCode::InvalidArgument, "give either --config or --schema");
  }
  AISLE_TRY(const ServiceConfig config, place.schema.empty() ? ServiceConfig::load(place.config)
                                                             : ServiceConfig::of_schema(place.schema));
  return OpenedPlace{.index = config.indexes.front(),
                     .data_dir = place.data_dir.empty() ? config.data_dir : place.data_dir,
                     .limits = config.limits};
}

int report(const Error& error) {
  std::fprintf(stderr, "aisle: %s\n", error.message.c_str());
  return 1;
}

}  // namespace aisle
