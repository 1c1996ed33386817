#include "indexer/state_change.h"

#include "base/utc_time.h"

namespace aisle {

void add_change(IndexState& state, const ChangeNote& note) {
  state.changes.push_back({utc_text(utc_now()), note.who, note.what, note.comment});
  if (state.changes.size() > StateChange::kept_max) {
    state.changes.erase(state.changes.begin(),
                        state.changes.end() - static_cast<std::ptrdiff_t>(StateChange::kept_max));
  }
}

Result<IndexState> change_state(StateStore& store, const ChangeNote& note,
                                const std::function<Status(IndexState&)>& edit) {
  for (int tries = 1;; ++tries) {
    AISLE_TRY(const auto now, store.read());
    if (!now) return fail(ErrorCode::NotFound, "the index has no state yet");
    IndexState next = *now;
    AISLE_CHECK(edit(next));
    add_change(next, note);
    auto changed = store.replace(now->version, std::move(next));
    const bool again =
        !changed && changed.error().code == ErrorCode::Conflict && tries < state_change_tries_max;
    if (!again) return changed;
  }
}

}  // namespace aisle
