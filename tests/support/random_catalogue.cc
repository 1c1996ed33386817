#include "tests/support/random_catalogue.h"

#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "schemas/json_reader.h"

namespace aisle::test {
namespace {

using Kind = OracleFilter::Kind;

const std::vector<std::string> shop_words = {
    "kettle",  "kettles", "ketle",  "kettlebell", "pan",        "pans",      "panel",     "panels",
    "lamp",    "lamps",   "lamb",   "damp",       "iphone",     "iphone14",  "iphone 14", "14",
    "wi-fi",   "wifi",    "café",   "cafe",       "Haus",       "Häuser",    "hauser",    "running",
    "run",     "runs",    "runner", "steel",      "steal",      "street",    "17inch",    "17 inch",
    "17-inch", "x100",    "x-100",  "headphone",  "headphones", "headphone", "手机",      "手机壳",
    "tv",      "a",       "of",     "the",        "größe",      "l'eau",     "3.5",       "1,000",
    "women's", "womens",  "h&m",    "c++",        "all-in-one", "4567",      "L40-W",     "w600b",
    "5678901", "0642",    "2 l",    "3l",         "2000 ml",    "tank",      "3 l tank",  "tank of 5 l"};
const std::vector<std::string> brands = {"Nordal", "Velo", "nordal", "H&M", "Kettle Co", "O'Neil \"x\""};
const std::vector<std::string> tags = {"new", "sale", "AND", "steel", "x\\y", ""};
const std::vector<std::string> codes = {
    "KDL-40 W600/B",  "kdl40w600b",   "X-100",          "4012345678901", "14",     "0306406152",
    "978-0306406157", "036000291452", "10036000291459", "0036000291452", "kettle", "036000 291453"};
const std::vector<std::string> paths = {
    "Home", "Home > Kitchen", "Home > Kitchen > Pans", "Home > Lamps",
    "Toys", "Toys > Pans",    "Toys > Cars > Red",     "Home > Kitchen > Kettles"};

}  // namespace

const std::string_view random_schema_text = R"({
  "index": "random", "id": "id", "language": "en", "synonyms": [],
  "fields": {
    "title":    {"type": "text", "search": true, "weight": 10},
    "notes":    {"type": "text", "search": true, "weight": 3, "language": "de"},
    "brand":    {"type": "keyword", "search": true, "facet": true, "sort": true, "weight": 6},
    "tags":     {"type": "keyword", "facet": true, "search": true, "language": "de"},
    "sku":      {"type": "code", "search": true, "facet": true, "infix": true},
    "category": {"type": "hierarchy", "facet": true, "search": true, "weight": 2},
    "size":     {"type": "int", "facet": true, "sort": true, "search": true, "unit": "l", "label": "tank"},
    "price":    {"type": "decimal", "facet": true, "sort": true, "volatile": true},
    "stock":    {"type": "int", "filter": true, "volatile": true},
    "organic":  {"type": "bool", "facet": true, "sort": true},
    "released": {"type": "date", "facet": true, "sort": true}},
  "source": {"type": "file", "path": "products.jsonl"}})";

RandomCatalogue::RandomCatalogue(const Catalogue& catalogue, Random& random)
    : catalogue_(catalogue), random_(random) {
  for (std::uint64_t i = 3 + random.below(12); i > 0; --i) vocabulary_.push_back(random.one_of(shop_words));
  for (std::uint64_t i = random.below(12); i > 0; --i) {
    std::string word;
    for (std::uint64_t letters = 3 + random.below(7); letters > 0; --letters)
      word += random.one_of<std::string>({"a", "b", "e", "ö", "s"});
    vocabulary_.push_back(word);
    if (random.chance(30))
      vocabulary_.push_back(word + random.one_of<std::string>({"s", "ing", "en", "e", "7"}));
  }
}

std::string RandomCatalogue::word() {
  return random_.one_of(vocabulary_);
}

std::string RandomCatalogue::words(std::size_t least, std::size_t most) {
  std::string text;
  for (std::uint64_t i = least + random_.below(most - least + 1); i > 0; --i) {
    if (!text.empty()) text += random_.one_of<std::string>({" ", " ", " ", ", ", "-"});
    text += word();
  }
  return text;
}

// One edit at a random code point.
std::string RandomCatalogue::misspelt(std::string word) {
  if (word.size() < 2) return word;
  std::size_t at = random_.below(word.size());
  while (at > 0 && (static_cast<unsigned char>(word[at]) & 0xC0U) == 0x80) --at;
  const bool ascii = at + 1 < word.size() && word[at] > 0 && word[at + 1] > 0;
  switch (random_.below(4)) {
    case 0:
      return word.insert(at, random_.one_of<std::string>({"a", "e", "l", "x", "ö"}));
    case 1:
      return ascii ? word.erase(at, 1) : word;
    case 2:
      if (ascii) std::swap(word[at], word[at + 1]);
      return word;
    default:
      return std::string(cut_utf8(word, at));
  }
}

std::int64_t RandomCatalogue::number(const Field& field) {
  if (field.type == FieldType::Bool) return random_.between(0, 1);
  if (field.type == FieldType::Date) return 1'700'000'000 + random_.between(0, 6) * 86'400;
  return field.type == FieldType::Decimal ? random_.between(-2, 8) * 125 : random_.between(-3, 6);
}

std::string RandomCatalogue::value(const Field& field) {
  if (field.type == FieldType::Code) return normalize_code(random_.one_of(codes));
  const std::string value = random_.one_of(field.name == "brand"  ? brands
                                           : field.name == "tags" ? tags
                                                                  : paths);
  return value.empty() ? "none" : value;
}

std::string RandomCatalogue::record(const std::string& id) {
  nlohmann::json json = {{"id", id}};
  if (random_.chance(95)) json["title"] = words(1, 5);
  if (random_.chance(50))
    json["notes"] =
        random_.chance(20) ? nlohmann::json::array({words(1, 3), words(1, 3)}) : nlohmann::json(words(1, 8));
  if (random_.chance(80)) json["brand"] = random_.one_of(brands);
  for (std::uint64_t i = random_.below(4); i > 0; --i) json["tags"].push_back(random_.one_of(tags));
  if (random_.chance(40)) json["sku"] = random_.one_of(codes);
  for (std::uint64_t i = random_.below(3); i > 0; --i)
    json["category"].push_back(nlohmann::json(random_.one_of(paths)));
  if (json.contains("category")) {
    // an array of texts without a separator would be one path by levels
    for (auto& path : json["category"]) path = nlohmann::json::array({path.get<std::string>()});
    for (auto& path : json["category"]) {
      const std::string text = path[0].get<std::string>();
      path = nlohmann::json::array();
      for (std::size_t at = 0; at != std::string::npos;) {
        const std::size_t end = text.find(" > ", at);
        path.push_back(text.substr(at, end == std::string::npos ? end : end - at));
        at = end == std::string::npos ? end : end + 3;
      }
    }
  }
  if (random_.chance(70)) json["size"] = number(*catalogue_.schema()->find("size"));
  if (random_.chance(70))
    json["price"] = static_cast<double>(number(*catalogue_.schema()->find("price"))) / 100;
  if (random_.chance(50)) json["stock"] = number(*catalogue_.schema()->find("stock"));
  if (random_.chance(60)) json["organic"] = random_.chance(50);
  if (random_.chance(50)) json["released"] = number(*catalogue_.schema()->find("released"));
  if (random_.chance(20)) json["extra"] = {{"unknown", "to the schema"}};
  return dump_json(json);
}

std::vector<Op> RandomCatalogue::upserts(std::size_t products) {
  std::vector<Op> ops;
  for (std::size_t i = 0; i < products; ++i) {
    ops.push_back(catalogue_.upsert(record("p" + std::to_string(random_.below(products * 2)))));
  }
  return ops;
}

std::vector<Op> RandomCatalogue::history(std::size_t ops, std::size_t products) {
  std::vector<Op> history;
  for (std::size_t i = 0; i < ops; ++i) {
    const std::string id = "p" + std::to_string(random_.below(products));
    const std::uint64_t kind = random_.below(10);
    if (kind < 5) {
      history.push_back(catalogue_.upsert(record(id)));
    } else {
      Op op;
      op.id = id;
      op.kind = kind < 7 ? OpKind::Delete : OpKind::SetNumbers;
      for (const char* name : {"price", "stock"}) {
        const Field& field = *catalogue_.schema()->find(name);
        if (op.kind == OpKind::SetNumbers && random_.chance(60)) {
          op.numbers.push_back({field.number, random_.chance(20) ? missing_number : number(field)});
        }
      }
      history.push_back(std::move(op));
    }
    history.back().lsn = 1;
  }
  return history;
}

const Field& RandomCatalogue::field_with(bool Field::* flag) {
  while (true) {
    const Field& field = random_.one_of(catalogue_.schema()->fields);
    if (field.*flag) return field;
  }
}

OracleFilter RandomCatalogue::test() {
  OracleFilter test;
  test.field = &field_with(&Field::filter);
  const std::vector<Kind> any = {Kind::Equal, Kind::Equal, Kind::Unequal,
                                 Kind::In,    Kind::NotIn, Kind::Exists};
  const std::vector<Kind> number_only = {Kind::Less, Kind::LessEqual, Kind::More, Kind::MoreEqual};
  test.kind =
      test.field->is_number() && random_.chance(50) ? random_.one_of(number_only) : random_.one_of(any);
  if (test.kind == Kind::Exists) return test;
  const std::uint64_t count = test.kind == Kind::In || test.kind == Kind::NotIn ? 1 + random_.below(4) : 1;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (test.field->is_number()) {
      test.numbers.push_back(number(*test.field));
    } else {
      test.values.push_back(value(*test.field));
    }
  }
  return test;
}

OracleFilter RandomCatalogue::filter(std::size_t depth) {
  const std::uint64_t kind = random_.below(10);
  if (depth == 0 || kind < 4) return test();
  OracleFilter filter;
  filter.kind = kind < 7 ? Kind::And : kind < 9 ? Kind::Or : Kind::Not;
  const std::uint64_t children = filter.kind == Kind::Not ? 1 : 2 + random_.below(2);
  for (std::uint64_t i = 0; i < children; ++i) filter.children.push_back(this->filter(depth - 1));
  return filter;
}

// Some of the words as a phrase, which titles more often have when they were written in a row; or some left
// out.
std::string RandomCatalogue::quoted(const std::string& q) {
  switch (random_.below(6)) {
    case 0:
      return '"' + q + '"';
    case 1:
      return '"' + words(1, 2) + "\" " + q;
    case 2:
      return q + " \"" + words(1, 2) + '"';
    case 3:
      return q + " -" + word();
    case 4:
      return "-\"" + words(1, 2) + "\" " + (random_.chance(50) ? q : "");
    default:
      return "-" + word() + random_.one_of<std::string>({"", " " + q, " -" + word(), " \"" + word() + "\""});
  }
}

SearchRequest RandomCatalogue::request(const QueryLimits& limits) {
  SearchRequest request;
  if (random_.chance(90)) {
    for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) {
      std::string next = random_.chance(3) ? "zzxxqq" : word();
      if (random_.chance(35)) next = misspelt(next);
      request.q += (request.q.empty() ? "" : " ") + next;
    }
    if (random_.chance(15)) request.q = quoted(request.q);
    if (random_.chance(5)) request.q = random_.one_of(codes);
    if (random_.chance(3)) request.q = '"' + random_.one_of(codes) + '"';
    if (random_.chance(3)) request.q += " " + words(5, 12);
  }
  for (std::uint64_t i = random_.below(3); i > 0; --i)
    request.facets.push_back(field_with(&Field::facet).name);
  if (random_.chance(30)) {
    for (std::uint64_t i = 1 + random_.below(limits.sort_keys_max); i > 0; --i) {
      request.sort.push_back(field_with(&Field::sort).name +
                             random_.one_of<std::string>({"", ":asc", ":desc"}));
    }
  }
  request.per_page = random_.between(0, 12);
  request.page = random_.between(1, 3);
  request.facet_values = random_.between(1, 6);
  request.typos = random_.chance(85);
  return request;
}

QueryLimits random_limits(Random& random) {
  QueryLimits limits;
  if (random.chance(30)) limits.prefix_expansions_max = 1 + random.below(4);
  if (random.chance(30)) limits.typo_candidates_max = 1 + random.below(4);
  if (random.chance(10)) limits.words_max = 1 + random.below(3);
  if (random.chance(10)) limits.query_bytes_max = 3 + random.below(20);
  return limits;
}

}  // namespace aisle::test
