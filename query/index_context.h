// What segments of one index need to be built and searched, besides their documents.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/error.h"
#include "query/synonyms.h"
#include "schemas/index_schema.h"

namespace aisle {

// A number field whose quantities are found by words.
struct QuantityField {
  std::uint32_t bit = 0;        // as Alternative::fields
  std::set<std::string> names;  // stems of the words of its label
};

// Immutable; share freely.
struct IndexContext {
  std::shared_ptr<const IndexSchema> schema;
  std::vector<std::shared_ptr<const Analyzer>> stemmers;  // in the order of stem_languages(schema)
  std::vector<int> stemmer_of_field;                      // by field number, index into stemmers; -1: none
  std::shared_ptr<const Analyzer> analyzer;               // of the index's language: analyses queries
  std::filesystem::path folder;                           // for stored documents that do not fit into memory
  int forward_field = -1;
  std::vector<QuantityField> quantity_fields;
  SynonymTable synonyms;  // of the schema, else those of its language

  // Of the index's language or that of a searched field; null for others. Lives as long as this.
  const Analyzer* analyzer_of(std::string_view language) const;

  static Result<std::shared_ptr<const IndexContext>> create(std::shared_ptr<const IndexSchema> schema,
                                                            std::filesystem::path folder);
};

}  // namespace aisle
