// Named places at which a test may stop the process: AISLE_FAULT="shard_writer.after_commit:3" ends it with
// SIGKILL at the third passage. Costs one relaxed load when unset.
#pragma once
#include <string_view>

namespace aisle {

void fault_point(std::string_view name);

}  // namespace aisle
