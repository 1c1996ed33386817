// A TCP port of the loopback that was free a moment ago.
#pragma once
#include <cstdint>

namespace aisle::test {

std::uint16_t free_port();

}  // namespace aisle::test
