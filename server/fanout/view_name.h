// The view a request is pinned to, as it travels to other nodes in headers, and the shards that are asked.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/view.h"

namespace aisle {

inline constexpr std::string_view view_header = "x-aisle-view";
inline constexpr std::string_view shards_header = "x-aisle-shards";
inline constexpr std::string_view deadline_header = "x-aisle-deadline-ms";
inline constexpr std::string_view min_lsn_header = "x-aisle-min-lsn";

struct ViewName {
  std::uint64_t state = 0;  // version of the state document
  std::uint32_t generation = 0;
  std::uint32_t ranking = 0;
  std::uint32_t shards = 0;  // of the generation
  std::string statistics;    // hash
  friend bool operator==(const ViewName&, const ViewName&) = default;
  // Whether shards of both give the same answers: what the ranking does travels with each call, and other
  // changes of the state do not matter.
  bool answers_as(const ViewName& other) const {
    return generation == other.generation && shards == other.shards && statistics == other.statistics;
  }
};

ViewName name_of(const View& view);
std::string format_view_name(const ViewName& name);
// InvalidArgument for anything else.
Result<ViewName> parse_view_name(std::string_view text);

std::string format_shards(std::span<const std::uint32_t> shards);
// Ascending, each below `count`, at least one.
Result<std::vector<std::uint32_t>> parse_shards(std::string_view text, std::uint32_t count);

// The shards of `view` with these numbers.
View part_of(const View& view, std::span<const std::uint32_t> shards);

}  // namespace aisle
