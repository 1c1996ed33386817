// What a shopper asks, as given: names and texts are resolved against the schema by search().
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aisle {

struct SearchRequest {
  std::string q{};  // "" or only separators: browse, all products
  std::string
      language{};  // of q, for its words and stop words; one of the index or its fields, "": the index's
  std::string filter{};                  // grammar: docs/search-api.md; "" = none
  std::vector<std::string> facets{};     // field names
  std::vector<std::string> sort{};       // "price:asc", "released:desc"; empty = relevance
  std::int64_t page = 1;                 // from 1
  std::int64_t per_page = 20;            // 0 = counts and facets only
  std::int64_t facet_values = 20;        // values listed a facet
  std::optional<double> min_coverage{};  // 0..1: answer with less than all shards; nothing = as configured
  bool explain = false;
  std::vector<std::string> context{};  // tags that rules of the ranking ask for
  // Seconds since 1970 UTC: what time rules and ages go by. Set by whoever takes the request in.
  std::optional<std::int64_t> clock{};
  std::optional<std::uint32_t> ranking{};  // version to preview, 0 = none; the view has it already
  std::string why{};                       // a product: the answer tells where it is or what keeps it out
  bool typos = true;                       // false: literal matches only
  bool prefix = true;        // the last word may be the beginning of a longer one; false: it is a whole word
  bool did_you_mean = true;  // false: no other spelling is looked for
  bool highlight = true;
  // How fresh the answer must be; read by the server (server/freshness.h), not by search().
  std::string min_lsn{};           // "16/B374D848"; "" = as it is
  std::int64_t timeline = 0;       // of min_lsn; 0 = not told
  std::int64_t wait_ms = 500;      // at the most, for min_lsn
  std::string on_stale = "error";  // or "flag"
  bool highlight_html = true;      // false: the text around the marks as it is, for terminals
  std::string highlight_pre = "<em>";
  std::string highlight_post = "</em>";
};

}  // namespace aisle
