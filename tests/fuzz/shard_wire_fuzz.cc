// Messages between nodes of arbitrary bytes: refused, or answered like those of another node; what is read
// and written again is the same. The first byte says which message it is to be.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "query/shard_search.h"
#include "query/shard_wire.h"
#include "tests/support/catalogue.h"

namespace {

constexpr std::string_view schema_text = R"({"index": "shop", "fields": {
  "title": {"type": "text", "search": true, "weight": 10}, "brand": {"type": "keyword", "search": true, "facet": true, "sort": true},
  "path": {"type": "hierarchy", "facet": true}, "price": {"type": "decimal", "facet": true, "sort": true, "volatile": true}}})";

struct Shop {
  aisle::test::Catalogue catalogue{schema_text};
  aisle::View view = catalogue.grow(
      catalogue.upserts(
          {R"({"id": "1", "title": "Steel kettles", "brand": "Nordal", "path": "Home > Kettles", "price": 12.5})",
           R"({"id": "2", "title": "kettle", "brand": "Velo", "price": 3})"}),
      2);
};

void expect(bool holds) {
  if (!holds) std::abort();
}

// What a node does with a request, and its coordinator with the answer.
void answer(const Shop& shop, std::string_view bytes, unsigned kind) {
  const aisle::QueryLimits limits;
  aisle::LocalShardSearch shards(shop.view, aisle::Deadline::never());
  if (kind == 0) {
    if (const auto request = aisle::decode_expand(bytes, limits)) {
      expect(aisle::encode_expand(*request) == bytes);
      const auto found = shards.expand(*request).value();
      expect(aisle::decode_expansions(aisle::encode_expansions(found), found.size()).value() == found);
    }
  } else if (kind == 1) {
    if (const auto request = aisle::decode_count(bytes, *shop.catalogue.schema(), limits)) {
      const std::string sent = aisle::encode_count(*request);
      const auto arrived = aisle::decode_count(sent, *shop.catalogue.schema(), limits);
      expect(arrived.has_value() && aisle::encode_count(*arrived) == sent);
      const auto found = shards.count(*request).value();
      expect(aisle::decode_counts(aisle::encode_counts(found), found.size()).value() == found);
    }
  } else if (kind == 2) {
    if (const auto request = aisle::decode_match(bytes, *shop.catalogue.schema(), limits)) {
      auto found = shards.match(*request).value();
      aisle::keep_best(*request, found.best, request->window);
      expect(aisle::decode_matches(aisle::encode_matches(*request, found), *request).has_value());
    }
  } else if (const auto call = aisle::decode_fetch(bytes, *shop.catalogue.schema(), limits)) {
    const std::vector<std::string_view> ids(call->ids.begin(), call->ids.end());
    const auto found = shards.fetch_by_id(call->request, ids).value();
    expect(aisle::decode_products(aisle::encode_products(found), ids.size()).has_value());
  }
}

// What a coordinator does with the answer of a node that cannot be trusted.
void read_answer(const Shop& shop, std::string_view bytes, unsigned kind) {
  if (kind == 4) static_cast<void>(aisle::decode_expansions(bytes, 2));
  if (kind == 5) static_cast<void>(aisle::decode_counts(bytes, 2));
  if (kind == 7) static_cast<void>(aisle::decode_products(bytes, 2));
  if (kind != 6) return;
  aisle::MatchRequest request;
  request.window = 10;
  const aisle::IndexSchema& schema = *shop.catalogue.schema();
  request.sort = {{schema.find("brand"), false}, {schema.find("price"), true}};
  request.facets = {schema.find("brand"), schema.find("path"), schema.find("price")};
  auto found = aisle::decode_matches(bytes, request);
  if (!found) return;
  aisle::keep_best(request, found->best, request.window);
  for (const aisle::FacetCounter& counter : found->facets)
    static_cast<void>(counter.result({"Home > A"}, 10));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Shop shop;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const unsigned kind = data[0] % 8U;
  if (kind < 4) {
    answer(shop, bytes, kind);
  } else {
    read_answer(shop, bytes, kind);
  }
  return 0;
}
