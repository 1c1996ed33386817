#include "base/nearest_name.h"

#include <gtest/gtest.h>

#include <vector>

namespace aisle {
namespace {

TEST(NearestName, FindsSwapsAndTyposButNothingFarAway) {
  const std::vector<std::string> names = {"brand", "price", "category"};
  EXPECT_EQ(nearest_name("brnad", names), "brand");
  EXPECT_EQ(nearest_name("categroy", names), "category");
  EXPECT_EQ(nearest_name("warehouse", names), "");
  EXPECT_EQ(did_you_mean("prize", names), ", did you mean \"price\"?");
}

}  // namespace
}  // namespace aisle
