// Ranking documents, and effects from other nodes, of arbitrary bytes: refused with a message, or a search
// with them has parts that add up and the same answer on two shards as on one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/search.h"
#include "query/shard_effects.h"
#include "tests/support/catalogue.h"
#include "tests/support/search_oracle.h"

namespace {

constexpr std::string_view schema_text = R"({"index": "shop", "fields": {
  "title": {"type": "text", "search": true, "weight": 10}, "brand": {"type": "keyword", "search": true, "facet": true},
  "path": {"type": "hierarchy", "facet": true}, "price": {"type": "decimal", "facet": true, "sort": true},
  "released": {"type": "date", "filter": true}, "stock": {"type": "int", "filter": true}}})";

struct Shop {
  aisle::test::Catalogue catalogue{schema_text};
  std::vector<aisle::Op> ops = catalogue.upserts(
      {R"({"id": "1", "title": "Steel kettle", "brand": "Nordal", "path": "Home > Kettles", "price": 12.5, "stock": 3})",
       R"({"id": "2", "title": "Flat screen", "brand": "Velo", "price": 300, "released": "2026-01-31", "stock": 0})",
       R"({"id": "3", "title": "Samsung TV", "brand": "Velo", "price": 3, "path": "Home"})"});
  aisle::View one = catalogue.grow(ops, 1);
  aisle::View two = catalogue.grow(ops, 2);
};

void search_with(const Shop& shop, const std::shared_ptr<const aisle::Ranking>& ranking,
                 const std::string& q) {
  aisle::SearchRequest request;
  request.q = q;
  request.facets = {"brand"};
  request.explain = true;
  request.why = "2";
  aisle::View one = shop.one;
  aisle::View two = shop.two;
  one.ranking = ranking;
  two.ranking = ranking;
  const auto found = aisle::search(one, request, {}, aisle::Deadline::never());
  const auto again = aisle::search(two, request, {}, aisle::Deadline::never());
  if (!found || !again || aisle::test::describe_all(*found) != aisle::test::describe_all(*again))
    std::abort();
  for (const aisle::Hit& hit : found->hits) {
    std::int64_t sum = 0;
    for (const aisle::ScorePart& part : hit.explain) sum += part.points;
    if (!hit.explain.empty() && sum != hit.score) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Shop shop;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto effects = aisle::decode_effects(text)) {
    if (aisle::decode_effects(aisle::encode_effects(*effects)).value() != *effects) std::abort();
    const auto resolved = aisle::ShardEffects::create(*effects, *shop.catalogue.schema());
    if (resolved && (*resolved)->changes_points()) {
      const auto& segment = shop.one.shards.front()->segments.front();
      const std::uint32_t document = 0;
      const aisle::PointAdjustment adjustment(**resolved, segment, std::span(&document, 1));
      if (adjustment.apply(0, 500) > adjustment.apply(0, 501)) std::abort();
    }
  }
  const auto config = aisle::RankingConfig::parse(text);
  if (!config) {
    if (config.error().message.empty()) std::abort();
    return 0;
  }
  const auto ranking = aisle::Ranking::compile(*config, shop.catalogue.context(), 1);
  if (!ranking) return 0;
  for (const char* q : {"", "tv", "flat screen", "samsong kettle"}) search_with(shop, *ranking, q);
  return 0;
}
