// Commands that look after an index's agreement with its source.
#pragma once
#include <string>

#include "server/commands/admin_client.h"

namespace CLI {
class App;
}

namespace aisle {

struct VerifyOptions {
  AdminPlace place;
  std::string index;
  bool repair = false;
  bool json = false;
};
// 0 equal (or made so), 1 differences are left or the comparison failed, 2 used wrongly.
int verify(const VerifyOptions& options);
// Lets happen what the feed holds.
int confirm(const VerifyOptions& options);

// Registers both.
void add_verify_commands(CLI::App& app, int& exit_code);

}  // namespace aisle
