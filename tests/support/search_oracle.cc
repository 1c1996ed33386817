#include "tests/support/search_oracle.h"

#include <algorithm>

#include "query/code_answer.h"
#include "query/planner.h"
#include "query/typo_walk.h"

namespace aisle::test {

SearchOracle::SearchOracle(const IndexContext& context, std::vector<Document> documents,
                           const QueryLimits& limits)
    : context_(context),
      documents_(std::move(documents)),
      limits_(limits),
      searched_(search_fields(*context.schema)),
      heads_(learn_heads()) {}

// Few literal matches call for misspellings and for products that lack words; the latter only by relevance,
// else where there is nothing, and then only those that lack least.
SearchOracle::Matches SearchOracle::match_wider(const ParsedQuery& query, const SearchRequest& request,
                                                int& typos) const {
  Matches literal = match(query, false, 100);
  std::vector<std::string> free;
  for (std::size_t i = 0; i < query.words.size(); ++i) {
    if (phrase_at(query.phrases, i) == nullptr) free.push_back(query.words[i]);
  }
  const bool bend =
      request.typos && literal.size() < 10 &&
      std::ranges::any_of(free, [](const std::string& word) { return typos_allowed(word) > 0; });
  const bool is_code = trade_code_of(query, *context_.schema).has_value();
  const bool relax = query.words.size() > 1 && !free.empty() && !is_code && literal.size() < 50;
  const auto widen = [&](int share) {
    Matches wide = match(query, bend, share);
    if (wide.size() == literal.size()) return;
    literal = std::move(wide);
    for (const std::string& word : free) typos = std::max(typos, bend ? typos_allowed(word) : 0);
  };
  if (bend || (relax && request.sort.empty())) widen(relax && request.sort.empty() ? 30 : 100);
  for (const int share : {80, 65, 50, 40, 30}) {
    if (literal.empty() && relax && !request.sort.empty()) widen(share);
  }
  return literal;
}

int SearchOracle::compare(const std::vector<std::string>& sort, const Document& a, const Document& b) const {
  for (const std::string& key : sort) {
    const Field& field = *context_.schema->find(key.substr(0, key.find(':')));
    const int sign = key.ends_with(":desc") ? -1 : 1;
    if (field.is_number()) {
      const std::int64_t x = number_of(a, field);
      const std::int64_t y = number_of(b, field);
      if (x == y) continue;
      if (x == missing_number || y == missing_number) return x == missing_number ? 1 : -1;
      return x < y ? -sign : sign;
    }
    const auto x = values_of(a, field);
    const auto y = values_of(b, field);
    if (x.empty() != y.empty()) return x.empty() ? 1 : -1;
    if (!x.empty() && x.front() != y.front()) return x.front() < y.front() ? -sign : sign;
  }
  return 0;
}

SearchResult SearchOracle::search(const SearchRequest& request,
                                  const std::optional<OracleFilter>& filter) const {
  SearchResult result;
  result.page = request.page;
  result.per_page = request.per_page;
  ParsedQuery parsed = parse_query(request.q, *context_.analyzer, limits_);
  result.ignored_words = std::move(parsed.ignored_words);
  result.truncated_query = parsed.truncated;
  const Matches matches = match_wider(parsed, request, result.typos);
  const std::vector<OracleFilter> conjuncts = filter ? conjuncts_of(*filter) : std::vector<OracleFilter>();
  std::vector<std::size_t> found;
  for (const auto& entry : matches) {
    if (!filter || passes(*filter, documents_[entry.first])) found.push_back(entry.first);
  }
  result.total = found.size();
  std::ranges::sort(found, [&](std::size_t a, std::size_t b) {
    if (const int order = compare(request.sort, documents_[a], documents_[b]); order != 0) return order < 0;
    const std::int64_t x = matches.at(a).score;
    const std::int64_t y = matches.at(b).score;
    return request.sort.empty() && x != y ? x > y : documents_[a].id < documents_[b].id;
  });
  const auto begin = static_cast<std::size_t>((request.page - 1) * request.per_page);
  const auto words_of = [&](std::size_t document) {
    std::vector<std::string> missing;
    for (const std::size_t word : matches.at(document).missing) {
      if (std::ranges::find(missing, parsed.words[word]) == missing.end())
        missing.push_back(parsed.words[word]);
    }
    return missing;
  };
  const std::size_t telling = request.sort.empty() ? 0 : begin;  // whose missing words the answer tells
  if (request.per_page > 0 && telling < found.size()) result.dropped_words = words_of(found[telling]);
  for (std::size_t i = begin; i < found.size() && i < begin + static_cast<std::size_t>(request.per_page);
       ++i) {
    Hit hit;
    hit.id = documents_[found[i]].id;
    hit.score = matches.at(found[i]).score;
    hit.typos = matches.at(found[i]).typos;
    hit.missing = words_of(found[i]);
    result.hits.push_back(std::move(hit));
  }
  for (const std::string& name : request.facets) {
    const Field& field = *context_.schema->find(name);
    std::set<std::string> selected;
    for (const OracleFilter& part : conjuncts) {
      if (field_of(part) != &field) continue;
      for (std::string& value : selected_of(part)) selected.insert(std::move(value));
    }
    std::vector<const Document*> counted;
    for (const auto& entry : matches) {
      const Document& document = documents_[entry.first];
      const bool all = std::ranges::all_of(conjuncts, [&](const OracleFilter& part) {
        return field_of(part) == &field || passes(part, document);
      });
      if (all) counted.push_back(&document);
    }
    result.facets.push_back(facet(field, counted, selected, static_cast<std::size_t>(request.facet_values)));
  }
  return result;
}

}  // namespace aisle::test