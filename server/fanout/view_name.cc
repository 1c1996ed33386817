#include "server/fanout/view_name.h"

#include <fmt/format.h>

#include <charconv>

namespace aisle {
namespace {

// Takes what stands before the next `end`, or the rest.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

template <class Number>
bool read(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

}  // namespace

ViewName name_of(const View& view) {
  ViewName name;
  name.state = view.state_version;
  name.generation = view.generation;
  name.ranking = view.ranking ? view.ranking->number : 0;
  name.shards = static_cast<std::uint32_t>(view.shards.size());
  name.statistics = view.statistics->hash();
  return name;
}

std::string format_view_name(const ViewName& name) {
  return fmt::format("{}.{}.{}.{}.{}", name.state, name.generation, name.ranking, name.shards,
                     name.statistics);
}

Result<ViewName> parse_view_name(std::string_view text) {
  ViewName name;
  std::string_view rest = text;
  const bool numbers = read(take(rest, '.'), name.state) && read(take(rest, '.'), name.generation) &&
                       read(take(rest, '.'), name.ranking) && read(take(rest, '.'), name.shards);
  name.statistics = rest;
  if (numbers && name.shards > 0 && !name.statistics.empty()) return name;
  return fail(ErrorCode::InvalidArgument,
              fmt::format("{} is \"{}\", expected state.generation.ranking.shards.statistics", view_header,
                          text.substr(0, 100)));
}

std::string format_shards(std::span<const std::uint32_t> shards) {
  return fmt::format("{}", fmt::join(shards, ","));
}

Result<std::vector<std::uint32_t>> parse_shards(std::string_view text, std::uint32_t count) {
  std::vector<std::uint32_t> shards;
  for (std::string_view rest = text; !rest.empty();) {
    std::uint32_t shard = 0;
    const bool number = read(take(rest, ','), shard);
    if (!number || shard >= count || (!shards.empty() && shard <= shards.back())) {
      return fail(ErrorCode::InvalidArgument, fmt::format("{} is \"{}\", expected ascending numbers below {}",
                                                          shards_header, text.substr(0, 100), count));
    }
    shards.push_back(shard);
  }
  if (shards.empty()) return fail(ErrorCode::InvalidArgument, fmt::format("{} is missing", shards_header));
  return shards;
}

View part_of(const View& view, std::span<const std::uint32_t> shards) {
  View part = view;
  part.shards.clear();
  for (const std::uint32_t shard : shards) part.shards.push_back(view.shards[shard]);
  return part;
}

}  // namespace aisle
