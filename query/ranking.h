// A ranking document, ready to be used: every name resolved against the schema of one generation, words
// analysed, contradictions found. View::ranking; none of it is looked up by name during a search.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/index_context.h"
#include "query/popular_queries.h"
#include "query/signals.h"
#include "query/synonyms.h"
#include "query/typo_lengths.h"
#include "query/word_pattern.h"
#include "schemas/ranking.h"

namespace aisle {

struct CompiledRule {
  struct Selected {
    const Field* field = nullptr;
    std::vector<std::string> values;  // any of them
  };
  const Rule* rule = nullptr;
  std::vector<WordPattern> patterns;  // any of them; none: every query
  std::vector<Selected> selected;     // all of them
};

// Immutable once compiled; share freely.
struct Ranking {
  std::uint32_t number = 0;  // version; 0 = a draft
  std::string name;          // of a draft
  std::shared_ptr<const RankingConfig> config;
  std::shared_ptr<const IndexContext> context;
  std::vector<int> weights;  // by field number
  TypoLengths typo_lengths;
  std::uint64_t typo_threshold = 10;
  std::uint32_t typo_fields = ~0U;  // bits as in Alternative::fields
  RelaxationPolicy relaxation;
  int head_percent = RankingProfile::head_usual;
  int accessory_percent = RankingProfile::accessory_usual;
  int named_percent = RankingProfile::named_usual;
  std::vector<Signal> signals;
  std::optional<SynonymTable> synonyms;  // nothing: the context's
  PopularQueries popular;
  const Field* stock = nullptr;
  std::vector<CompiledRule> rules;    // enabled ones, the deciding first: by priority, then id
  std::vector<std::string> warnings;  // what merchandisers should look at

  // InvalidArgument with JSON pointer and nearest valid name: names the schema lacks, broken filters, fields
  // that cannot do what is asked, a product pinned and hidden under the same condition.
  static Result<std::shared_ptr<const Ranking>> compile(std::shared_ptr<const RankingConfig> config,
                                                        std::shared_ptr<const IndexContext> context,
                                                        std::uint32_t number);
};

}  // namespace aisle
