// Filters as trees that a test makes: their text for the engine, and their plain meaning over a document.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "schemas/index_schema.h"
#include "schemas/op.h"
#include "tests/support/random.h"

namespace aisle::test {

struct OracleFilter {
  enum class Kind : std::uint8_t {
    And,
    Or,
    Not,
    Equal,
    Unequal,
    In,
    NotIn,
    Exists,
    Less,
    LessEqual,
    More,
    MoreEqual
  };

  Kind kind = Kind::And;
  std::vector<OracleFilter> children;  // And, Or; Not has one
  const Field* field = nullptr;
  std::vector<std::string> values;    // keyword, code and hierarchy fields
  std::vector<std::int64_t> numbers;  // number fields

  bool is_test() const { return kind > Kind::Not; }
};

// As a person would write it, with brackets wherever they are needed and sometimes where not.
std::string text_of(const OracleFilter& filter, Random& random);

bool passes(const OracleFilter& filter, const Document& document);

// What must hold, one by one: the parts of nested Ands.
std::vector<OracleFilter> conjuncts_of(const OracleFilter& filter);

// The one field all tests of the filter are about, null when there are several.
const Field* field_of(const OracleFilter& filter);

// Values of = and IN outside of any negation, as facets list them.
std::vector<std::string> selected_of(const OracleFilter& filter);

// Cells of a document.
std::vector<std::string> values_of(const Document& document, const Field& field);
std::int64_t number_of(const Document& document, const Field& field);

}  // namespace aisle::test
