// The answer to a search, before it takes a wire format. All of it comes from one view.
#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "schemas/op.h"

namespace aisle {

// Why a hit stands where it stands; the parts add up to its score.
struct ScorePart {
  std::string word;  // of the query; "" for parts of the whole
  std::string term;  // what matched in the product
  std::string field;
  std::string kind;  // literal, stem, synonym, prefix, code, phrase, typo, tier, proximity, exact, head,
                     // accessory, named, base, signal, boost, bury, pin, limit
  std::int64_t points = 0;
  std::string rule{};  // of the ranking, that made this part
};

struct Hit {
  std::string id;
  std::int64_t score = 0;
  int typos = 0;
  std::vector<std::string> missing{};                          // words of the query it lacks
  std::string product;                                         // JSON object text, volatile fields included
  std::vector<std::pair<std::string, std::string>> highlight;  // field, HTML-escaped text with marks
  std::vector<ScorePart> explain;                              // when asked for
  bool pinned = false;                                         // a rule put it there
};

// A pin that a rule asked for and that is not there.
struct DroppedPin {
  std::string rule;
  std::string id;
  std::int64_t position = 0;
  std::string reason;  // for people: "filtered", "out of stock", "position taken by rule x", ...
};

// What a rule hands through to the page.
struct RuleUserData {
  std::string rule;
  std::string json;
};

struct FacetValue {
  std::string value;
  std::uint64_t count = 0;
  bool selected = false;
  std::vector<FacetValue> children;  // of hierarchies, below selected values
};

struct FacetResult {
  std::string field;
  bool numeric = false;    // int, decimal, date: the statistics; else the values
  bool truncated = false;  // more values exist than listed
  bool hierarchical = false;
  std::vector<FacetValue> values;  // by count descending, then value
  std::uint64_t count = 0;         // products with a value
  std::uint64_t error_max = 0;     // products a count may lack: large facets of several nodes; 0 = exact
  std::string min, max, avg, sum;  // as JSON; "null" without a value; avg and sum are "" for dates
};

// Where a product is, or the first thing that keeps it out.
struct WhyAnswer {
  std::string id;
  std::string stage;         // listed, outranked, filtered, hidden, unmatched, unknown
  std::string sentence;      // for people
  std::uint64_t rank = 0;    // listed, outranked: from 1 in the whole list; 0: beyond the window
  std::int64_t score = 0;    // of the product, when it matches
  std::string word;          // unmatched: of the query
  std::string closest_term;  // unmatched: of the product; "" when none is near
  int closest_typos = 0;
  std::string clause;  // filtered: the part of the filter that it fails
  std::string rule;    // hidden, filtered: when a rule does it
};

// Of a query that is a code of the trade.
struct CodeAnswer {
  std::string value;                      // normalised
  std::string type;                       // "EAN-13"
  std::string status;                     // found, unknown, wrong_check_digit
  std::vector<std::string> did_you_mean;  // codes of products of which it is a slip
};

// Another query that finds more literally.
struct DidYouMean {
  std::string q;
  std::uint64_t total = 0;  // products that have all its words and pass the filter
};

struct SearchResult {
  std::uint64_t total = 0;  // products that match; fewer than exist where is_exact() is false
  std::int64_t page = 1;
  std::int64_t per_page = 20;
  std::vector<Hit> hits;
  std::vector<FacetResult> facets;  // in the order asked
  int typos = 0;                    // edits the weakest tier of this answer was allowed; 0 = literal
  std::vector<std::string>
      dropped_words;  // words that even the best product lacks (with a sort: the page's first)
  std::vector<std::string> ignored_words;  // beyond words_max
  bool truncated_query = false;
  std::vector<std::string> phrases;   // quoted parts of the query, as typed
  std::vector<std::string> excluded;  // parts that products must not hold, as typed
  double coverage = 1.0;              // share of all documents that were searched
  Lsn lsn = 0;                        // every change up to here is in it
  std::optional<CodeAnswer> code;
  std::optional<DidYouMean> did_you_mean;
  std::vector<std::string> rules;        // of the ranking, that held; the deciding first
  std::size_t rules_left_out = 0;        // that held too, beyond rules_applied_max
  std::string redirect;                  // "" = none
  std::vector<RuleUserData> user_data;   // in the order of `rules`
  std::vector<DroppedPin> dropped_pins;  // when explain is asked for
  std::optional<WhyAnswer> why;          // when asked for
  // What time was too short for: two_typos, typos (all of them), relaxation, did_you_mean, facets.<field>. The rest is as it would be
  // without them.
  std::vector<std::string> degraded;

  // Whether all that match were looked for.
  bool is_exact() const {
    return std::ranges::none_of(degraded, [](const std::string& part) {
      return part == "two_typos" || part == "typos" || part == "relaxation";
    });
  }
};

}  // namespace aisle
