// Small random catalogues and requests whose words collide: beginnings, stems, misspellings, codes.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/limits.h"
#include "query/search_request.h"
#include "tests/support/catalogue.h"
#include "tests/support/oracle_filter.h"

namespace aisle::test {

// Every field type, two languages, volatile fields.
extern const std::string_view random_schema_text;

class RandomCatalogue {
 public:
  RandomCatalogue(const Catalogue& catalogue, Random& random);

  // Upserts of `products` products with ids out of twice as many.
  std::vector<Op> upserts(std::size_t products);
  // Upserts, replacements, deletes and changes of volatile numbers; ids out of `products`.
  std::vector<Op> history(std::size_t ops, std::size_t products);

  SearchRequest request(const QueryLimits& limits);
  OracleFilter filter(std::size_t depth);
  std::string words(std::size_t least, std::size_t most);

 private:
  std::string record(const std::string& id);
  std::string word();
  std::string misspelt(std::string word);
  std::string quoted(const std::string& q);
  OracleFilter test();
  std::int64_t number(const Field& field);
  std::string value(const Field& field);
  const Field& field_with(bool Field::* flag);

  const Catalogue& catalogue_;
  Random& random_;
  std::vector<std::string> vocabulary_;
};

// Limits small enough to matter among few products, now and then.
QueryLimits random_limits(Random& random);

}  // namespace aisle::test
