// The ranking of one index: how much each field and column counts, what merchandisers want for certain
// queries, which words mean the same. One document, published as numbered versions (indexer/state_store.h).
// File format: docs/ranking.md and schemas/ranking.schema.json. Names of fields are resolved later, by
// query/ranking.h.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace aisle {

// Every bound of a ranking document; tests try each just below and just above.
struct RankingLimits {
  static constexpr std::size_t document_bytes_max =
      504U << 10U;  // IndexState::bytes_max, less what is kept beside it
  static constexpr std::size_t signals_max = 16;
  static constexpr std::size_t buckets_max = 32;  // of a signal
  static constexpr std::size_t rules_max = 2000;
  static constexpr std::size_t patterns_max = 50;  // of one rule's query condition
  static constexpr std::size_t pattern_bytes_max = 256;
  static constexpr std::size_t filter_values_max = 50;  // of one rule's filter condition
  static constexpr std::size_t contexts_max = 16;
  static constexpr std::size_t pins_max = 300;            // of a rule
  static constexpr std::int64_t pin_position_max = 1000;  // QueryLimits::window_max
  static constexpr std::size_t hides_max = 50;            // of a rule
  static constexpr std::size_t boosts_max = 20;           // of a rule, buries included
  static constexpr std::size_t boost_ids_max = 100;
  static constexpr std::size_t redirect_bytes_max = 2048;
  static constexpr std::size_t user_data_bytes_max = 4096;
  static constexpr std::size_t comment_bytes_max = 1024;
  static constexpr std::size_t synonyms_max = 10'000;
  static constexpr std::size_t queries_max = 5000;
  static constexpr std::size_t query_bytes_max = 128;
  static constexpr std::int64_t query_count_max = 1'000'000'000'000;
  static constexpr std::size_t synonym_words_max = 32;  // of a group, or that one word leads to
};

enum class SignalKind : std::uint8_t { Log, Linear, Decay, Bucket, Boolean };
std::string_view signal_kind_name(SignalKind kind);

// A column's value as 0..1, see query/signals.h for the formulas. Numbers and dates are kept as the JSON
// texts they were given as: what they mean depends on the field.
struct SignalConfig {
  struct Bucket {
    std::string from{};
    double value = 0;
  };
  std::string field{};
  SignalKind kind = SignalKind::Linear;
  int weight = 0;                 // percent of the text's points that a value of 1 adds, 1..1000
  double missing = 0;             // value of a product without one
  std::string from{};             // linear: worth 0
  std::string to{};               // linear, log: worth 1
  std::string origin{};           // decay: worth 1; "now" = the clock of the request
  std::string half_life{};        // decay: worth half at this distance; of dates "30d" or "12h"
  std::vector<Bucket> buckets{};  // ascending
};

struct TypoPolicy {
  int most = 2;                         // edits a word, 0 = never
  int one_from = 4;                     // letters a word needs for one
  int two_from = 8;                     // and for two
  int threshold = 10;                   // misspellings are tried when fewer products match literally
  std::vector<std::string> fields_off;  // found literally only
};

enum class Relaxation : std::uint8_t { Frequency, Last, None };  // which word is left out to find anything

// With fewer products that have all words than `below`, those follow that lack some: they must have words
// that tell `share` percent of what the whole query tells.
struct RelaxationPolicy {
  Relaxation words = Relaxation::Frequency;
  int below = 50;  // 0 = never
  int share = 30;  // of Relaxation::Frequency
};

struct RankingProfile {
  std::map<std::string, int> weights;  // by field, 1..100; others keep the schema's
  TypoPolicy typos;
  RelaxationPolicy relaxation;
  // Percent of its points that a product gains whose title's head is the query's (query/title_match.h); 0 =
  // nothing.
  static constexpr int head_usual = 20;
  int head = head_usual;
  // Percent of the points that it loses when its title says that it is something for that ("laptop bag").
  static constexpr int accessory_usual = 25;
  int accessory = accessory_usual;
  // Percent of the points that it gains for each facet whose value the query names (query/named_values.h).
  static constexpr int named_usual = 10;
  int named = named_usual;
  std::vector<SignalConfig> signals;
};

enum class PatternKind : std::uint8_t { Equals, Contains, StartsWith };

struct RuleCondition {
  struct Pattern {
    PatternKind kind = PatternKind::Equals;
    std::string text;  // words; one that ends in * stands for all that begin so; "" of Equals: browsing
  };
  std::vector<Pattern> query;  // any of them; none: every query
  std::map<std::string, std::vector<std::string>>
      selected;                       // by field: the shopper's filter asks for one of these
  std::vector<std::string> context;   // the request carries one of these; none: any request
  std::optional<std::int64_t> from;   // seconds since 1970 UTC, the first that counts
  std::optional<std::int64_t> until;  // the first that does not
};

struct Pin {
  std::string id;
  std::int64_t position = 1;  // in the whole list, from 1
};

struct Boost {
  std::vector<std::string> ids;  // of products; or
  std::string filter;            // an expression as in a search
  int thousandths = 1000;        // what the points are multiplied with: boosts above 1000, buries below
  std::string pointer;           // in the document
};

struct RuleEffect {
  std::vector<Pin> pins;           // by position; ids and positions are unique
  bool with_sort = false;          // pins also under an explicit sort
  bool yield_out_of_stock = true;  // pins that RankingConfig::stock says are gone leave their slot
  std::vector<std::string> hide;
  std::vector<Boost> boosts;  // first boosts, then buries, each as written
  std::string filter;         // "" = none
  std::string redirect;       // "" = none
  std::string user_data;      // JSON; "" = none
};

struct Rule {
  std::string id;             // [A-Za-z0-9][A-Za-z0-9_.:-]{0,63}, unique
  std::int64_t priority = 0;  // the higher one decides, then the lesser id
  bool enabled = true;
  RuleCondition when;
  RuleEffect then;
};

// Words or phrases, as written. Two-way when `from` is empty.
struct SynonymConfig {
  std::string from;
  std::vector<std::string> words;
};

// What shoppers ask often.
struct PopularQuery {
  std::string q;
  std::int64_t count = 1;  // how often
};

// Immutable once read; share freely.
struct RankingConfig {
  std::string index;
  std::string stock;  // a number or bool field that says whether a product can be bought; "" = unknown
  RankingProfile profile;
  std::vector<Rule> rules;                             // as written: the position is part of error messages
  std::optional<std::vector<SynonymConfig>> synonyms;  // nothing: the schema's
  std::vector<PopularQuery> queries;                   // to suggest

  // InvalidArgument with JSON pointer and nearest valid name; TooLarge above document_bytes_max.
  static Result<std::shared_ptr<const RankingConfig>> parse(std::string_view text);
  // Reads the file; errors start with the file name.
  static Result<std::shared_ptr<const RankingConfig>> load(const std::string& file);
};

// "30d" or "12h" in seconds, 1 hour to 10,000 days; nothing when it is no duration.
std::optional<std::int64_t> duration_seconds(std::string_view text);

}  // namespace aisle
