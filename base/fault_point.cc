#include "base/fault_point.h"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

namespace aisle {
namespace {

struct Fault {
  std::string name;
  std::atomic<int> passages_left{1};

  Fault() {
    const char* setting = std::getenv("AISLE_FAULT");
    if (setting == nullptr) return;
    name = setting;
    if (const auto colon = name.find(':'); colon != std::string::npos) {
      int count = 1;
      std::from_chars(name.data() + colon + 1, name.data() + name.size(), count);
      passages_left = count;
      name.resize(colon);
    }
  }
};

}  // namespace

void fault_point(std::string_view name) {
  static Fault fault;
  if (fault.name.empty() || fault.name != name) return;
  if (fault.passages_left.fetch_sub(1) == 1) std::raise(SIGKILL);
}

}  // namespace aisle
