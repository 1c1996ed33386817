// Filters: brand IN ("Nordal", "Velo") AND price < 500 AND NOT (colour = red OR in_stock = false)
//
//   filter  := all { OR all }            all    := one { AND one }        one := [NOT] ( '(' filter ')' |
//   test ) test    := field op value | field [NOT] IN '(' value {, value} ')' | field EXISTS op      := = !=
//   < <= > >=            value  := "text" with \" and \\ | 'text' | word | number
//
// AND, OR, NOT, IN, EXISTS in any case. Keyword, hierarchy and code fields know = != IN EXISTS; a hierarchy
// value stands for everything below it. Numbers, dates ("2026-01-31") and booleans (true, false) know all of
// them. A product without a value fails every test but !=, NOT IN and NOT. Of several values one has to
// match.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/limits.h"
#include "query/segment.h"
#include "schemas/index_schema.h"

namespace aisle {

enum class FilterKind : std::uint8_t { And, Or, Not, Keywords, Range, Numbers, Exists };

// Immutable once compiled.
struct FilterNode {
  FilterKind kind = FilterKind::And;
  std::vector<FilterNode> children;       // And, Or, Not (one)
  const Field* field = nullptr;           // of the tests
  std::vector<std::string> values;        // Keywords: any of them
  std::vector<std::string> same_codes{};  // or of these: trade codes among the values in their other lengths
  std::vector<std::int64_t> numbers;      // Numbers: any of them, sorted
  std::int64_t low = 0;                   // Range: [low, high]; low > high matches nothing
  std::int64_t high = 0;
};

// The conjuncts of a filter, each with the one field it tests, so that a facet can leave out its own.
struct Conjunct {
  FilterNode node;
  const Field* field = nullptr;  // null: tests several fields
};

struct Filter {
  std::vector<Conjunct> conjuncts;  // all must hold; empty: everything passes
};

// Errors name the position, the field and the nearest name, or the limit.
Result<Filter> compile_filter(std::string_view text, const IndexSchema& schema, const QueryLimits& limits);

// Values a shopper has selected in a keyword facet by its conjuncts: those of = and IN that are not negated.
std::vector<std::string> selected_values(const Filter& filter, const Field& field);

// passes[i] = 1 where documents[i] satisfies the node.
std::vector<std::uint8_t> evaluate(const FilterNode& node, const SegmentView& view,
                                   std::span<const std::uint32_t> documents);

// Keeps the documents that satisfy the node; the same as evaluate() says.
void keep_passing(const FilterNode& node, const SegmentView& view, std::vector<std::uint32_t>& documents);

// Whether keep_passing() can be asked for a set of bits: for ranges of a column that tells them by bytes.
bool is_kept_by_bits(const FilterNode& node, const SegmentView& view);
Bitmap keep_passing(const FilterNode& node, const SegmentView& view, const Bitmap& documents);

// The conjuncts with ranges of one field, "price >= 10 AND price <= 20", made one.
std::vector<Conjunct> with_united_ranges(const std::vector<Conjunct>& conjuncts);

// How many documents scan() looks at, about; 0: the node has no scan.
std::uint64_t scan_cost(const FilterNode& node, const SegmentView& view);

// Documents of the segment that satisfy a node that has a scan, deleted ones included; ascending.
std::vector<std::uint32_t> scan(const FilterNode& node, const SegmentView& view);

}  // namespace aisle
