#include "query/index_context.h"

#include <algorithm>

#include "query/segment.h"

namespace aisle {

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
    const bool stems = field.search && field.type != FieldType::Code && found != languages.end();
    context->stemmer_of_field.push_back(stems ? static_cast<int>(found - languages.begin()) : -1);
  }
  for (const std::vector<std::string>& group : schema->synonyms) {
    for (const std::string& word : group) {
      std::vector<std::string>& others = context->synonyms[word];
      for (const std::string& other : group) {
        if (other != word && std::ranges::find(others, other) == others.end()) others.push_back(other);
      }
    }
  }
  context->forward_field = aisle::forward_field(*schema);
  context->folder = std::move(folder);
  context->schema = std::move(schema);
  return context;
}

}  // namespace aisle
