// What segments of one index need to be built and searched, besides their documents.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/error.h"
#include "query/synonyms.h"
#include "schemas/index_schema.h"

namespace aisle {

// Immutable; share freely.
struct IndexContext {
  std::shared_ptr<const IndexSchema> schema;
  std::vector<std::shared_ptr<const Analyzer>> stemmers;  // in the order of stem_languages(schema)
  std::vector<int> stemmer_of_field;                      // by field number, index into stemmers; -1: none
  std::shared_ptr<const Analyzer> analyzer;               // of the index's language: analyses queries
  std::filesystem::path folder;                           // for stored documents that do not fit into memory
  int forward_field = -1;
  SynonymTable synonyms;  // of the schema, else those of its language

  static Result<std::shared_ptr<const IndexContext>> create(std::shared_ptr<const IndexSchema> schema,
                                                            std::filesystem::path folder);
};

}  // namespace aisle
