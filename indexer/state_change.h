// How everybody changes the state of an index: read, edit, compare-and-set, and again when somebody was
// faster.
#pragma once
#include <functional>
#include <string>

#include "indexer/state_store.h"

namespace aisle {

// What the audit line says besides the time.
struct ChangeNote {
  std::string who;
  std::string what;  // "switch 3 -> 4"
  std::string comment = {};
};

// `edit` decides on the state as it is now and may be called several times; its error ends the change and is
// returned. A line with the note is added. Errors:
//   NotFound  there is no state yet
//   Conflict  others were faster state_change_tries_max times
//   others    of the store and of `edit`
inline constexpr int state_change_tries_max = 100;
Result<IndexState> change_state(StateStore& store, const ChangeNote& note,
                                const std::function<Status(IndexState&)>& edit);

// Adds a line with the present time; the oldest beyond StateChange::kept_max go.
void add_change(IndexState& state, const ChangeNote& note);

}  // namespace aisle
