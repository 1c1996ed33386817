#include "server/service_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Result<ServiceConfig> parse(const std::string& limits,
                            const std::map<std::string, std::string>& environment) {
  return ServiceConfig::parse(R"({"schema": "s.json", "limits": )" + limits + "}", "", environment);
}

TEST(ServiceConfig, ALimitIsThatOfTheEnvironmentThenOfTheFileThenTheUsualOne) {
  EXPECT_EQ(parse("{}", {})->limits.cores_max, QueryLimits().cores_max);
  EXPECT_EQ(parse(R"({"cores_max": 4})", {})->limits.cores_max, 4U);
  EXPECT_EQ(parse(R"({"cores_max": 4})", {{"AISLE_LIMITS__CORES_MAX", "1"}})->limits.cores_max, 1U);
}

TEST(ServiceConfig, ALimitOutOfItsBoundsIsRefusedWithThem) {
  for (const std::string value : {"0", "257"}) {
    const auto config = parse(R"({"cores_max": )" + value + "}", {});
    ASSERT_FALSE(config) << value;
    EXPECT_EQ(config.error().code, ErrorCode::InvalidArgument);
    EXPECT_THAT(config.error().message,
                AllOf(HasSubstr("/limits/cores_max"), HasSubstr(value), HasSubstr("256")));
  }
}

TEST(ServiceConfig, AnUnknownLimitIsToldWithTheNearest) {
  const auto config = parse(R"({"core_max": 2})", {});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, AllOf(HasSubstr("core_max"), HasSubstr("cores_max")));
}

}  // namespace
}  // namespace aisle
