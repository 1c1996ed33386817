#include "query/pin_placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Ids = std::vector<std::string>;

const Ids organic = {"a", "b", "c"};

TEST(PinPlacement, DroppedPinLeavesItsSlotAndLaterPinsStay) {
  EXPECT_THAT(place_pins(organic, {{1, "c"}, {3, "x"}}), ElementsAre("c", "a", "x", "b"));
  EXPECT_THAT(place_pins(organic, {{3, "x"}}), ElementsAre("a", "b", "x", "c"));
}

TEST(PinPlacement, ShortListClosesUp) {
  EXPECT_THAT(place_pins({}, {{2, "x"}, {7, "y"}}), ElementsAre("x", "y"));
  EXPECT_THAT(place_pins(Ids{"a"}, {{5, "x"}}), ElementsAre("a", "x"));
}

TEST(PinPlacement, ProductAmongTheOthersIsThereOnceOnly) {
  EXPECT_THAT(place_pins(organic, {{2, "a"}}), ElementsAre("b", "a", "c"));
  EXPECT_THAT(place_pins(organic, {{1, "a"}, {2, "b"}, {3, "c"}}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(place_pins(Ids{"a", "x"}, {{9, "x"}}), ElementsAre("a", "x"));
}

TEST(PinPlacement, NeighbouringPinsKeepTheirOrder) {
  EXPECT_THAT(place_pins(organic, {{2, "x"}, {3, "y"}}), ElementsAre("a", "x", "y", "b", "c"));
}

TEST(PinPlacement, NothingPinnedChangesNothing) {
  EXPECT_EQ(place_pins(organic, {}), organic);
  EXPECT_THAT(place_pins({}, {}), IsEmpty());
}

// What a page shows does not depend on how much of the list behind it is known.
TEST(PinPlacement, TheBeginningOfALongerListIsTheSame) {
  const Ids longer = {"a", "b", "c", "d", "e", "f", "g", "h"};
  const Pins pins = {{2, "e"}, {4, "x"}, {7, "y"}};
  const Ids all = place_pins(longer, pins);
  Ids without;  // pinned products are no candidates
  for (const std::string& id : longer) {
    if (id != "e") without.push_back(id);
  }
  for (std::size_t window = 1; window <= without.size(); ++window) {
    Ids page = place_pins(std::span(without).first(window), pins);
    page.resize(window);
    EXPECT_EQ(page, Ids(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(window))) << window;
  }
}

}  // namespace
}  // namespace aisle
