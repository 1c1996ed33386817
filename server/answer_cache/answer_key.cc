#include "server/answer_cache/answer_key.h"

#include <concepts>
#include <cstdint>
#include <string_view>
#include <vector>

namespace aisle {
namespace {

void append(std::string& key, std::string_view text) {
  key += std::to_string(text.size());
  key += ':';
  key += text;
}

template <std::integral Number>
void append(std::string& key, Number number) {
  key += std::to_string(number);
  key += ';';
}

void append(std::string& key, const std::vector<std::string>& list) {
  append(key, list.size());
  for (const std::string& text : list) append(key, std::string_view(text));
}

template <class... Parts>
std::string key_of(const Parts&... parts) {
  std::string key;
  key.reserve(128);
  (append(key, parts), ...);
  return key;
}

}  // namespace

std::string answer_key(const SearchRequest& request) {
  // All members by name: a new one does not compile until it is decided what it does to answers.
  const auto& [q, language, filter, facets, sort, page, per_page, facet_values, min_coverage, explain,
               context, clock, ranking, why, typos, prefix, did_you_mean, highlight, min_lsn, timeline,
               wait_ms, on_stale, highlight_html, highlight_pre, highlight_post] = request;
  return key_of(q, language, filter, facets, sort, page, per_page, facet_values, context, typos, prefix,
                did_you_mean, highlight, highlight_html, highlight_pre, highlight_post);
}

}  // namespace aisle
