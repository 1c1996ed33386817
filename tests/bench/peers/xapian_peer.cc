// Xapian's own matcher: terms, values for ranges and order, a match spy for each facet; a compact database.
// It corrects spellings but has no fuzzy operator, so typos are not asked of it.
#include <xapian.h>

#include <algorithm>
#include <deque>
#include <filesystem>

#include "peer.h"

namespace aisle::bench {
namespace {

enum Slot : Xapian::valueno {
  price_slot,
  sold_slot,
  brand_slot,
  category_slot,
  colour_slot,
  source_slot,
  id_slot
};

Xapian::valueno slot_of(const std::string& field) {
  if (field == "price") return price_slot;
  if (field == "sold") return sold_slot;
  if (field == "brand") return brand_slot;
  if (field == "category") return category_slot;
  return field == "colour" ? colour_slot : source_slot;
}

void build(const std::string& products, const std::string& folder) {
  const std::string loose = folder + "/loose";
  {
    Xapian::WritableDatabase database(loose, Xapian::DB_CREATE_OR_OVERWRITE);
    for_each_product(products, [&](const Product& product) {
      Xapian::Document document;
      for (const std::string& token : product.tokens) document.add_term("T" + token);
      document.add_boolean_term("XC" + product.category);
      document.add_boolean_term(product.in_stock != 0 ? "XS1" : "XS0");
      document.add_value(price_slot, Xapian::sortable_serialise(static_cast<double>(product.price)));
      document.add_value(sold_slot, Xapian::sortable_serialise(static_cast<double>(product.sold)));
      document.add_value(brand_slot, product.brand);
      document.add_value(category_slot, product.category);
      document.add_value(colour_slot, product.colour);
      document.add_value(source_slot, product.source);
      document.add_value(id_slot, product.id);
      document.set_data(product.record);
      database.add_document(document);
    });
    database.commit();
    database.compact(folder + "/index", Xapian::DBCOMPACT_NO_RENUMBER);
  }
  std::filesystem::remove_all(loose);
}

Xapian::Query query_of(const Ask& ask) {
  std::vector<Xapian::Query> words;
  for (std::size_t i = 0; i < ask.words.size(); ++i) {
    if (ask.prefix && i + 1 == ask.words.size())
      words.emplace_back(Xapian::Query::OP_WILDCARD, "T" + ask.words[i], 0,
                         Xapian::Query::WILDCARD_LIMIT_ERROR);
    else
      words.emplace_back("T" + ask.words[i]);
  }
  Xapian::Query query = words.empty() ? Xapian::Query::MatchAll
                                      : Xapian::Query(Xapian::Query::OP_AND, words.begin(), words.end());
  const auto restrict_to = [&](const Xapian::Query& filter) {
    query = Xapian::Query(Xapian::Query::OP_FILTER, query, filter);
  };
  if (!ask.category.empty()) restrict_to(Xapian::Query("XC" + ask.category));
  if (ask.in_stock) restrict_to(Xapian::Query("XS1"));
  if (ask.high > 0)
    restrict_to(Xapian::Query(Xapian::Query::OP_VALUE_RANGE, price_slot,
                              Xapian::sortable_serialise(static_cast<double>(ask.low)),
                              Xapian::sortable_serialise(static_cast<double>(ask.high))));
  return query;
}

Found search(const Xapian::Database& database, const Ask& ask) {
  Xapian::Enquire enquire(database);
  enquire.set_query(query_of(ask));
  if (!ask.sort.empty()) enquire.set_sort_by_value(slot_of(ask.sort), ask.descending);
  std::deque<Xapian::ValueCountMatchSpy> spies;
  for (const std::string& facet : ask.facets) spies.emplace_back(slot_of(facet));
  for (Xapian::ValueCountMatchSpy& spy : spies) enquire.add_matchspy(&spy);
  const Xapian::MSet matches =
      enquire.get_mset(0, static_cast<Xapian::doccount>(ask.k), database.get_doccount());
  Found found{.total = matches.get_matches_estimated(), .ids = {}, .records = {}, .facets = {}};
  for (auto hit = matches.begin(); hit != matches.end(); ++hit) {
    const Xapian::Document document = hit.get_document();
    found.ids.push_back(document.get_value(id_slot));
    found.records.push_back(document.get_data());
  }
  for (const Xapian::ValueCountMatchSpy& spy : spies) {
    auto& values = found.facets.emplace_back();
    for (auto value = spy.top_values_begin(10); value != spy.top_values_end(10); ++value)
      values.emplace_back(*value, value.get_termfreq());
  }
  return found;
}

int run(const std::string& folder, const std::string& queries) {
  const Xapian::Database database(folder + "/index");
  return serve(
      {{"engine", std::string("Xapian ") + Xapian::version_string()}, {"products", database.get_doccount()}},
      read_asks(queries), [&](const Ask& ask) { return search(database, ask); });
}

}  // namespace
}  // namespace aisle::bench

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  if (std::string(argv[1]) == "serve") return aisle::bench::run(argv[2], argv[3]);
  aisle::bench::build(argv[2], argv[3]);
  return 0;
}
