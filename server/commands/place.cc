#include <cstdio>

#include "server/commands/commands.h"

namespace aisle {

Result<OpenedPlace> resolve_place(const IndexPlace& place) {
  if (place.config.empty() == place.schema.empty()) {
    return fail(ErrorCode::InvalidArgument, "give either --config or --schema");
  }
  if (!place.schema.empty()) {
    return OpenedPlace{
        .index = {.schema = place.schema, .connection = ""}, .data_dir = place.data_dir, .limits = {}};
  }
  AISLE_TRY(const ServiceConfig config, ServiceConfig::load(place.config));
  return OpenedPlace{.index = config.indexes.front(), .data_dir = config.data_dir, .limits = config.limits};
}

int report(const Error& error) {
  std::fprintf(stderr, "aisle: %s\n", error.message.c_str());
  return 1;
}

}  // namespace aisle
