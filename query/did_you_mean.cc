#include "query/did_you_mean.h"

#include <algorithm>

#include "query/editable_query.h"
#include "query/narrowing.h"
#include "query/product_text.h"

namespace aisle {
namespace {

constexpr std::size_t queries_most = 8;  // counted

using Others = std::map<std::size_t, Meant>;  // by word

class Corrector {
 public:
  Corrector(const FoundLittle& search, Planner& planner, ShardSearch& shards)
      : search_(search),
        planner_(planner),
        shards_(shards),
        text_(search.request.q, planner.analyzer(), search.limits) {}

  Result<std::optional<DidYouMean>> run() {
    const bool prefix = search_.request.prefix && search_.query.last_is_open;
    AISLE_TRY(const auto meant, planner_.meant(text_.words(), prefix));
    const std::vector<Others> tried = combinations(meant);
    if (tried.empty()) return std::optional<DidYouMean>();
    std::vector<PlanAsk> asks;
    for (const Others& others : tried) asks.push_back(ask(text_with(others)));
    CountRequest request;
    AISLE_TRY(request.plans, planner_.plans(asks));
    AISLE_TRY(const std::vector<PlanCount> counts, shards_.count(request));
    const auto best = std::ranges::max_element(counts, {}, &PlanCount::matches);  // of equal ones the first
    if (best->matches <= search_.literal) return std::optional<DidYouMean>();
    const auto at = static_cast<std::size_t>(best - counts.begin());
    const std::vector<std::string> words = asks[at].words;
    AISLE_TRY(const std::uint64_t total, narrowed(request.plans[at], words, best->matches));
    if (total == 0) return std::optional<DidYouMean>();
    AISLE_TRY(std::string q, spelt(tried[at], best->first));
    return std::optional(DidYouMean{std::move(q), total});
  }

 private:
  // Every way to put others in the places of words, the likelier ones first. A word that nobody has is not
  // kept.
  std::vector<Others> combinations(const std::vector<std::vector<Meant>>& meant) const {
    std::vector<Others> all(1);
    for (std::size_t word = 0; word < meant.size(); ++word) {
      if (meant[word].empty()) continue;
      std::vector<Others> longer;
      for (const Others& others : all) {
        for (const Meant& some : meant[word]) longer.emplace_back(others)[word] = some;
      }
      if (search_.view.statistics->frequency(text_.words()[word]) > 0)
        longer.insert(longer.end(), all.begin(), all.end());
      if (longer.size() > queries_most) longer.resize(queries_most);
      all = std::move(longer);
    }
    std::erase_if(all, [](const Others& others) { return others.empty(); });
    return all;
  }

  std::string text_with(const Others& others,
                        const std::map<std::string, std::string>& spellings = {}) const {
    std::map<std::size_t, std::string> texts;
    for (const auto& [word, meant] : others) {
      std::string& text = texts[word];
      for (const std::string& some : meant.words) {
        const auto spelling = spellings.find(some);
        text += (text.empty() ? "" : " ") + (spelling == spellings.end() ? some : spelling->second);
      }
    }
    return text_.with(texts);
  }

  PlanAsk ask(const std::string& q) const {
    ParsedQuery query = parse_query(q, planner_.analyzer(), search_.limits);
    return {std::move(query.words),
            false,
            search_.request.prefix && query.last_is_open,
            Plan::share_all,
            std::move(query.phrases),
            std::move(query.excluded)};
  }

  // Of the products found those that the shopper's filter and the rules for these words let through.
  Result<std::uint64_t> narrowed(const Plan& plan, std::span<const std::string> words, std::uint64_t found) {
    const SearchRequest& request = search_.request;
    AISLE_TRY(Narrowing narrowing,
              Narrowing::create(search_.view, {request.filter, request.context, request.clock.value_or(0)},
                                search_.limits));
    CountRequest narrow{{plan}, {}};
    AISLE_TRY(narrow.effects.emplace_back(), narrowing.of(words));
    if (narrow.effects.front() == nullptr) return found;
    AISLE_TRY(const std::vector<PlanCount> counts, shards_.count(narrow));
    return counts.front().matches;
  }

  Result<std::string> spelt(const Others& others, const std::string& id) {
    std::vector<std::string> terms;
    for (const auto& [word, meant] : others)
      terms.insert(terms.end(), meant.words.begin(), meant.words.end());
    AISLE_TRY(const auto spellings, spellings_in({id}, terms, search_.view, shards_));
    return text_with(others, spellings);
  }

  const FoundLittle& search_;
  Planner& planner_;
  ShardSearch& shards_;
  EditableQuery text_;
};

}  // namespace

Result<std::map<std::string, std::string>> spellings_in(const std::vector<std::string>& ids,
                                                        const std::vector<std::string>& terms,
                                                        const View& view, ShardSearch& shards) {
  std::map<std::string, std::string> spellings;
  const FetchRequest fetch{std::make_shared<const Plan>(), nullptr, false, false};
  const std::vector<std::string_view> named(ids.begin(), ids.end());
  AISLE_TRY(const std::vector<FetchedProduct> products, shards.fetch_by_id(fetch, named));
  for (const FetchedProduct& product : products) {
    if (product.found) spellings.merge(spellings_of(terms, product.json, *view.context));
  }
  return spellings;
}

Result<std::optional<DidYouMean>> did_you_mean(const FoundLittle& search, Planner& planner,
                                               ShardSearch& shards) {
  return Corrector(search, planner, shards).run();
}

}  // namespace aisle
