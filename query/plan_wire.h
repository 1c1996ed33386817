// A plan's part of a message.
#pragma once
#include "query/plan.h"
#include "query/wire_bytes.h"

namespace aisle {

void write_plan(WireWriter& out, const Plan& plan);
// Refuses unknown kinds and readings without words.
Plan read_plan(WireReader& in);

}  // namespace aisle
