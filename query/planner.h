// From the words of a query to its plan.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/expansion.h"
#include "query/index_context.h"
#include "query/limits.h"
#include "query/parsed_query.h"
#include "query/phrase_synonyms.h"
#include "query/plan.h"
#include "query/ranking.h"
#include "query/shard_search.h"
#include "query/statistics.h"

namespace aisle {

struct PlanAsk {
  std::vector<std::string> words;
  bool typos = false;
  // The last word may also be the beginning of one, unless it is not being typed.
  bool last_is_prefix = true;
  int share = Plan::share_all;  // of the plan
  std::vector<Phrase> phrases{};
  std::vector<Exclusion> excluded{};
};

// What a word may have been meant to be.
struct Meant {
  std::vector<std::string> words;  // one, or two that titles have next to each other
  int typos = 0;
};

// What is left of a term's points when it matched in another way than literally, of 256.
std::uint32_t kind_factor(MatchKind kind, int typos);

// Plans are made once for all shards, from what all of them hold, so that every shard matches the same. Keeps
// what the shards said, so that a word is asked once. Borrows everything. One thread, one request.
class Planner {
 public:
  struct Request {
    const Ranking* ranking = nullptr;    // null: the schema's synonyms and the usual typos
    const Analyzer* analyzer = nullptr;  // of the query's words; null: that of the index
  };
  Planner(const IndexContext& context, const Statistics& statistics, const QueryLimits& limits,
          ShardSearch& shards)
      : Planner(context, statistics, limits, shards, Request()) {}
  Planner(const IndexContext& context, const Statistics& statistics, const QueryLimits& limits,
          ShardSearch& shards, Request request);

  // That of the query's words.
  const Analyzer& analyzer() const { return analyzer_; }

  // Literal terms, words of the same stem, synonyms of all these; with `typos` misspellings too. Asks all
  // shards for what is not known yet, for all plans together. Errors are those of ShardSearch::expand().
  Result<std::vector<Plan>> plans(std::span<const PlanAsk> asks);
  Result<Plan> plan(const PlanAsk& ask);
  // Those of the words that some product holds, in their order.
  Result<std::vector<std::string>> written(const std::vector<std::string>& words);
  // Words are bent by one typo at the most from now on.
  void bend_less() { typos_most_ = 1; }
  // By word what it may have been meant to be, best first: words that are much more common, or at all known.
  // None for most words.
  Result<std::vector<std::vector<Meant>>> meant(std::span<const std::string> words, bool last_is_prefix);

 private:
  Plan build(const PlanAsk& ask);
  Status expand_missing(std::vector<WordAsk> missing);
  Position position(const std::string& word, bool last, bool typos);
  static void add(Position& position, Alternative alternative, std::size_t among = ~std::size_t{0});
  // `listed`: so many of the first alternatives may be synonyms of a list.
  void set_points(Position& position, std::size_t listed = 0) const;
  bool is_called_otherwise(std::span<const Alternative> alternatives) const;
  void add_stems(Position& position, const std::string& word, const Alternative& like);
  void add_synonyms(Position& position);
  void add_derived(Position& position);
  static void add_quantities(Position& position);
  void add_quantity_names(const PlanAsk& ask, Reading& reading) const;
  bool name_of(const QuantityField& field, const PlanAsk& ask, std::size_t word,
               std::span<const std::string> ways, Reading& reading) const;
  void add_same_codes(Position& position) const;
  void add_prefixes(Position& position);
  void add_infixes(Position& position);
  void add_typos(Position& position, bool prefix);
  std::vector<FoundTerm> misspellings(const Position& position, bool prefix);
  std::vector<Meant> meant(const std::string& word, bool last);
  Reading as_typed(const PlanAsk& ask);
  bool is_written(const std::string& word);
  bool has_forms(const std::string& word);
  void add_joined(const PlanAsk& ask, Reading& reading);
  void add_code(const PlanAsk& ask, Plan& plan);
  std::vector<std::string> pieces(const Position& position);
  void add_apart(Plan& plan);
  void add_phrases(Plan& plan);
  // Documents of all alternatives of a kind.
  struct KindFrequencies {
    std::array<std::uint64_t, match_kinds> sum{};
    std::uint64_t of(MatchKind kind) const { return sum[static_cast<std::size_t>(kind)]; }
    std::uint64_t own() const {
      return of(MatchKind::Literal) + of(MatchKind::Stem) + of(MatchKind::Code) + of(MatchKind::Phrase);
    }
  };
  KindFrequencies frequencies(const Position& position) const;
  void weigh(Reading& reading);
  void stand_in(const PhraseStep& step, const Reading& given, Reading& reading);
  const SynonymTable& synonyms() const {
    return ranking_ != nullptr && ranking_->synonyms ? *ranking_->synonyms : context_.synonyms;
  }
  TypoLengths typo_lengths() const {
    TypoLengths lengths = ranking_ != nullptr ? ranking_->typo_lengths : TypoLengths();
    lengths.most = std::min(lengths.most, typos_most_);
    return lengths;
  }
  std::uint32_t fields_of_stemmer(std::size_t stemmer) const;
  std::uint32_t fields_of_type(FieldType type) const;
  std::uint32_t infix_fields() const;
  std::vector<std::uint16_t> numbers_of(std::uint32_t mask) const;
  std::string code_of(std::span<const std::string> words) const;
  void add_phrase(const PlanAsk& ask, const Phrase& phrase, Reading& reading) const;
  Demand row_of(std::span<const std::string> words, const std::string& text) const;
  Demand demand_of(const Exclusion& exclusion);
  std::vector<Demand> demands_of(const PlanAsk& ask);

  const IndexContext& context_;
  const Statistics& statistics_;
  const QueryLimits& limits_;
  ShardSearch& shards_;
  const Ranking* ranking_;
  const Analyzer& analyzer_;
  int typos_most_ = 2;
  Expansions known_;
};

}  // namespace aisle
