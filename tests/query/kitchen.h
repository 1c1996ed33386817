// A small shop for tests of whole searches.
#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "query/search.h"
#include "tests/support/catalogue.h"

namespace aisle::test {

inline constexpr std::string_view kitchen_schema_text = R"({
  "index": "kitchen", "id": "id", "language": "en",
  "fields": {
    "title":    {"type": "text", "search": true, "weight": 10},
    "notes":    {"type": "text", "search": true},
    "brand":    {"type": "keyword", "search": true, "facet": true, "sort": true, "weight": 6},
    "colour":   {"type": "keyword", "facet": true},
    "ean":      {"type": "code", "search": true, "filter": true},
    "category": {"type": "hierarchy", "facet": true},
    "size":     {"type": "int", "facet": true, "sort": true},
    "price":    {"type": "decimal", "facet": true, "sort": true, "volatile": true},
    "organic":  {"type": "bool", "facet": true},
    "released": {"type": "date", "facet": true, "sort": true}},
  "source": {"type": "file", "path": "products.jsonl"}})";

class Kitchen : public testing::Test {
 protected:
  void fill(const std::vector<std::string>& records) { view_ = shop_.grow(shop_.upserts(records), 2); }
  Result<SearchResult> ask(const SearchRequest& request) const {
    return search(view_, request, limits_, Deadline::never());
  }
  SearchResult answer(const SearchRequest& request) const {
    auto result = ask(request);
    EXPECT_TRUE(result) << result.error().message;
    return result ? std::move(*result) : SearchResult();
  }
  std::string refusal(const SearchRequest& request) const {
    const auto result = ask(request);
    EXPECT_FALSE(result);
    return result ? "" : result.error().message;
  }
  static std::vector<std::string> ids(const SearchResult& result) {
    std::vector<std::string> all;
    for (const Hit& hit : result.hits) all.push_back(hit.id);
    return all;
  }
  const Field& field(std::string_view name) const { return *shop_.schema()->find(name); }

  Catalogue shop_{kitchen_schema_text};
  QueryLimits limits_;
  View view_ = shop_.grow({});
};

}  // namespace aisle::test
