// The arguments of `aisle rank` and `aisle evaluate`.
#pragma once

namespace CLI {
class App;
}

namespace aisle {

// `exit_code` is set when one of them was called.
void add_rank_commands(CLI::App& app, int& exit_code);

}  // namespace aisle
