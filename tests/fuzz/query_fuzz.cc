// Queries of arbitrary bytes over a tiny catalogue: an answer within the limits, the same on two shards as on
// one. A line break ends the query; what follows is the filter.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/search.h"
#include "tests/support/catalogue.h"

namespace {

constexpr std::string_view schema_text = R"({"index": "shop", "fields": {
  "title": {"type": "text", "search": true, "weight": 10}, "notes": {"type": "text", "search": true, "language": "de"},
  "brand": {"type": "keyword", "search": true, "facet": true, "sort": true}, "sku": {"type": "code", "search": true},
  "path": {"type": "hierarchy", "facet": true, "search": true}, "price": {"type": "decimal", "facet": true, "sort": true}}})";

struct Shop {
  aisle::test::Catalogue catalogue{schema_text};
  std::vector<aisle::Op> ops = catalogue.upserts(
      {R"({"id": "1", "title": "Steel kettles 1,7 l", "brand": "Nordal", "path": "Home > Kettles", "price": 12.5})",
       R"({"id": "2", "title": "iPhone14 case wi-fi", "notes": "Häuser, l'eau", "sku": "KDL-40 W600/B"})",
       R"({"id": "3", "title": "iPhone 14 手机壳 café", "brand": "H&M", "price": 3, "path": "Home"})",
       R"({"id": "4", "title": "headphones headphone", "brand": "Nordal"})"});
  aisle::View one = catalogue.grow(ops, 1);
  aisle::View two = catalogue.grow(ops, 2);
};

std::string shown(const aisle::SearchResult& result) {
  std::string out = std::to_string(result.total);
  for (const aisle::Hit& hit : result.hits) out += " " + hit.id + " " + std::to_string(hit.score);
  for (const aisle::FacetResult& facet : result.facets)
    out += " " + std::to_string(facet.values.size()) + facet.min;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Shop shop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  aisle::SearchRequest request;
  request.q = text.substr(0, line);
  if (line != std::string_view::npos) request.filter = text.substr(line + 1);
  request.facets = {"brand", "path", "price"};
  request.explain = true;
  const aisle::QueryLimits limits;
  const auto one = aisle::search(shop.one, request, limits, aisle::Deadline::never());
  const auto two = aisle::search(shop.two, request, limits, aisle::Deadline::never());
  if (one.has_value() != two.has_value()) std::abort();
  if (!one) return 0;
  if (shown(*one) != shown(*two)) std::abort();
  for (const aisle::Hit& hit : one->hits) {
    std::int64_t sum = 0;
    for (const aisle::ScorePart& part : hit.explain) sum += part.points;
    if (sum != hit.score) std::abort();
  }
  return 0;
}
