#include "query/pin_page.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "query/pin_placement.h"

namespace aisle {

std::vector<ShardHit> with_pins(std::span<const ShardHit> organic, std::span<const ShardPin> pins,
                                const RankingEffects& effects) {
  std::vector<std::string> ids;
  std::map<std::string_view, const ShardHit*> hits;
  for (const ShardHit& hit : organic) {
    ids.emplace_back(hit.id);
    hits.emplace(hit.id, &hit);
  }
  Pins placed;
  for (const ShardPin& pin : pins) {
    if (pin.state != PinState::Placed) continue;
    placed.emplace(static_cast<std::size_t>(effects.pins[pin.pin].position), pin.hit.id);
    hits[pin.hit.id] = &pin.hit;
  }
  std::vector<ShardHit> list;
  for (const std::string& id : place_pins(ids, placed)) list.push_back(*hits.at(id));
  return list;
}

std::vector<DroppedPin> dropped_pins(std::span<const ShardPin> pins, const RankingEffects& effects) {
  std::vector<DroppedPin> dropped;
  for (std::size_t i = 0; i < effects.pins.size(); ++i) {
    const PinWish& wish = effects.pins[i];
    const auto found = std::ranges::find(pins, i, &ShardPin::pin);
    if (found == pins.end()) {
      dropped.push_back({wish.rule, wish.id, wish.position, "no such product"});
    } else if (found->state != PinState::Placed) {
      dropped.push_back({wish.rule, wish.id, wish.position,
                         found->state == PinState::Filtered ? "filtered" : "out of stock"});
    }
  }
  return dropped;
}

void explain_pin(const RankingEffects& effects, Hit& hit) {
  const auto wish = std::ranges::find(effects.pins, hit.id, &PinWish::id);
  if (wish == effects.pins.end()) return;
  hit.explain.push_back({"", "", "", "pin", 0, wish->rule});
}

}  // namespace aisle
