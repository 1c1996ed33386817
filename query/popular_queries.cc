#include "query/popular_queries.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "base/take_until.h"
#include "base/utf8.h"
#include "query/parsed_query.h"

namespace aisle {

PopularQueries::PopularQueries(std::span<const PopularQuery> queries, const Analyzer& analyzer) {
  std::map<std::string, Query> by_words;
  for (const PopularQuery& some : queries) {
    const ParsedQuery parsed = parse_query(some.q, analyzer, {});
    const bool plain = parsed.phrases.empty() && parsed.excluded.empty() && parsed.ignored_words.empty();
    if (parsed.words.empty() || !plain) continue;
    std::string words;
    for (const std::string& word : parsed.words) words += (words.empty() ? "" : " ") + word;
    const auto [at, added] = by_words.try_emplace(words, Query{some.q, words, some.count});
    if (added) continue;
    Query& known = at->second;
    if (some.count > known.count) known.q = some.q;
    known.count = std::max(known.count, some.count);
  }
  for (auto& [words, query] : by_words) queries_.push_back(std::move(query));
}

std::vector<const PopularQueries::Query*> PopularQueries::beginning_with(std::string_view words,
                                                                         std::size_t count_max) const {
  std::vector<const Query*> found;
  auto at = std::ranges::lower_bound(queries_, words, {}, &Query::words);
  for (; at != queries_.end() && at->words.starts_with(words); ++at) found.push_back(&*at);
  std::ranges::stable_sort(found, [](const Query* a, const Query* b) { return a->count > b->count; });
  if (found.size() > count_max) found.resize(count_max);
  return found;
}

Result<std::vector<PopularQuery>> read_query_log(std::string_view text) {
  std::map<std::string, std::int64_t> counts;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::string q(take_until(line, '\t'));
    std::int64_t count = 1;
    if (!line.empty()) {
      const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), count);
      if (error != std::errc() || end != line.data() + line.size() || count < 1 ||
          count > RankingLimits::query_count_max) {
        return fail(ErrorCode::InvalidArgument,
                    fmt::format("line {}: the count is \"{}\", expected a whole number from 1 to {}", number,
                                is_valid_utf8(line) ? line : "", RankingLimits::query_count_max));
      }
    }
    if (q.empty() || q.size() > RankingLimits::query_bytes_max || !is_valid_utf8(q)) continue;
    std::int64_t& sum = counts[q];
    sum = std::min(sum + count, RankingLimits::query_count_max);
  }
  std::vector<PopularQuery> queries;
  for (const auto& [q, count] : counts) queries.push_back({q, count});
  std::ranges::stable_sort(queries,
                           [](const PopularQuery& a, const PopularQuery& b) { return a.count > b.count; });
  if (queries.size() > RankingLimits::queries_max) queries.resize(RankingLimits::queries_max);
  return queries;
}

}  // namespace aisle
