#include "query/index_context.h"

#include <algorithm>
#include <map>

#include "query/default_synonyms.h"
#include "query/plan.h"
#include "query/segment.h"

namespace aisle {
namespace {

void add_groups(const std::vector<std::vector<std::string>>& groups, SynonymTable& table) {
  for (const std::vector<std::string>& group : groups) {
    for (const std::string& word : group) {
      std::vector<std::string>& others = table.words[word];
      for (const std::string& other : group) {
        if (other != word && std::ranges::find(others, other) == others.end()) others.push_back(other);
      }
    }
  }
}

// A word of a synonym is known by its stem, too: "fridges" is in no entry.
void add_stems(const Analyzer& analyzer, SynonymTable& table) {
  const std::map<std::string, std::vector<std::string>> words(table.words.begin(), table.words.end());
  for (const auto& [word, others] : words) {
    std::vector<std::string>& known = table.words[analyzer.stem(word)];
    for (const std::string& other : others) {
      if (std::ranges::find(known, other) == known.end()) known.push_back(other);
    }
  }
}

std::vector<QuantityField> read_quantity_fields(const IndexSchema& schema, const Analyzer& analyzer) {
  std::vector<QuantityField> found;
  const std::vector<const Field*> searched = search_fields(schema);
  for (std::size_t i = 0; i < searched.size(); ++i) {
    if (searched[i]->unit.empty()) continue;
    QuantityField& field = found.emplace_back(QuantityField{1U << i, {}});
    for (const Token& token : analyzer.index_tokens(searched[i]->label))
      field.names.insert(analyzer.stem(token.text));
  }
  return found;
}

}  // namespace

const Analyzer* IndexContext::analyzer_of(std::string_view language) const {
  if (language == analyzer->language()) return analyzer.get();
  const auto found = std::ranges::find(stemmers, language, [](const auto& some) { return some->language(); });
  return found == stemmers.end() ? nullptr : found->get();
}

Result<std::shared_ptr<const IndexContext>> IndexContext::create(std::shared_ptr<const IndexSchema> schema,
                                                                 std::filesystem::path folder) {
  auto context = std::make_shared<IndexContext>();
  const std::vector<std::string> languages = stem_languages(*schema);
  for (const std::string& language : languages) {
    AISLE_TRY(auto stemmer, Analyzer::create(language));
    context->stemmers.push_back(std::move(stemmer));
  }
  AISLE_TRY(context->analyzer, Analyzer::create(schema->language));
  for (const Field& field : schema->fields) {
    const auto found = std::ranges::find(languages, field.language);
    const bool stems = field.search && field.has_words() && found != languages.end();
    context->stemmer_of_field.push_back(stems ? static_cast<int>(found - languages.begin()) : -1);
  }
  if (schema->synonyms) {
    add_groups(*schema->synonyms, context->synonyms);
  } else {
    AISLE_TRY(context->synonyms,
              compile_synonyms(default_synonyms(schema->language), *context->analyzer, "default synonyms"));
    context->synonyms.derives = true;
  }
  add_stems(*context->analyzer, context->synonyms);
  context->quantity_fields = read_quantity_fields(*schema, *context->analyzer);
  context->forward_field = aisle::forward_field(*schema);
  context->folder = std::move(folder);
  context->schema = std::move(schema);
  return context;
}

}  // namespace aisle
