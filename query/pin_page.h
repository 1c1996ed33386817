// Pins of an answer: which are there and where they stand, and why the others are not. Pure.
#pragma once
#include <span>
#include <vector>

#include "query/ranking_effects.h"
#include "query/search_result.h"
#include "query/shard_calls.h"

namespace aisle {

// The list with the placed pins in it (query/pin_placement.h). `organic`: the best products but the pins, in
// order.
std::vector<ShardHit> with_pins(std::span<const ShardHit> organic, std::span<const ShardPin> pins,
                                const RankingEffects& effects);

// Pins of the effects that are not in the list, by position.
std::vector<DroppedPin> dropped_pins(std::span<const ShardPin> pins, const RankingEffects& effects);

// Says in a pinned hit's explanation which rule put it there; its parts still add up to its score.
void explain_pin(const RankingEffects& effects, Hit& hit);

}  // namespace aisle
