// A small shop's schema for the tests of the write path, and what a shard's folder holds on disk.
#pragma once
#include <gtest/gtest.h>

#include <xapian.h>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "schemas/index_schema.h"
#include "schemas/op.h"
#include "schemas/term_layout.h"

namespace aisle::test {

inline constexpr std::string_view shop_schema_text = R"({
  "index": "shop", "id": "id", "language": "en",
  "fields": {
    "title":    {"type": "text", "search": true, "weight": 10},
    "notes":    {"type": "text", "search": true, "stored": false},
    "brand":    {"type": "keyword", "search": true, "facet": true},
    "tags":     {"type": "keyword", "filter": true},
    "sku":      {"type": "code", "search": true, "filter": true},
    "category": {"type": "hierarchy", "facet": true, "search": true},
    "width":    {"type": "int", "filter": true, "path": "/specs/width"},
    "weight":   {"type": "decimal", "decimals": 3, "sort": true},
    "organic":  {"type": "bool", "facet": true},
    "added":    {"type": "date", "sort": true},
    "price":    {"type": "decimal", "sort": true, "facet": true, "volatile": true},
    "stock":    {"type": "int", "filter": true, "volatile": true}},
  "source": {"type": "file", "path": "products.jsonl"}})";

inline std::shared_ptr<const IndexSchema> shop_schema(std::string_view text = shop_schema_text) {
  auto schema = IndexSchema::parse(text);
  EXPECT_TRUE(schema) << schema.error().message;
  return schema ? *schema : nullptr;
}

inline std::uint16_t field_number(std::string_view name) {
  return shop_schema()->find(name)->number;
}

// A document as the builder would make it, with a word a title has.
inline Document shop_document(std::string id, const std::vector<std::string>& words, std::int64_t price) {
  Document document;
  document.stored = "{\"id\":\"" + id + "\"}";
  document.id = std::move(id);
  FieldTokens title{field_number("title"), {}};
  for (std::uint32_t i = 0; i < words.size(); ++i) title.tokens.push_back({words[i], i, true});
  if (!words.empty()) document.texts.push_back(std::move(title));
  if (price != missing_number) document.numbers.push_back({field_number("price"), price});
  return document;
}

inline Op upsert(Document document, Lsn lsn = 0) {
  Op op;
  op.kind = OpKind::Upsert;
  op.lsn = lsn;
  op.id = document.id;
  op.document = std::move(document);
  return op;
}

inline Op set_price(std::string id, std::int64_t price, Lsn lsn = 0) {
  Op op;
  op.kind = OpKind::SetNumbers;
  op.lsn = lsn;
  op.id = std::move(id);
  op.numbers = {{field_number("price"), price}};
  return op;
}

inline Op remove(std::string id, Lsn lsn = 0) {
  Op op;
  op.kind = OpKind::Delete;
  op.lsn = lsn;
  op.id = std::move(id);
  return op;
}

inline Op mark(Lsn lsn, std::string key = {}, std::string value = {}) {
  Op op;
  op.kind = OpKind::Mark;
  op.lsn = lsn;
  op.mark_key = std::move(key);
  op.mark_value = std::move(value);
  return op;
}

struct StoredProduct {
  std::string data;
  std::vector<std::string> terms;            // "word wdf", ordered
  std::map<unsigned, std::int64_t> numbers;  // by slot
  friend bool operator==(const StoredProduct&, const StoredProduct&) = default;
};

struct StoredShard {
  std::map<std::string, StoredProduct> products;  // by id
  std::string lsn;
  std::string seq;
};

// The last commit in `folder`; every product has exactly one Q term.
inline StoredShard read_shard(const std::filesystem::path& folder) {
  const Xapian::Database database(folder.string());
  StoredShard shard;
  shard.lsn = database.get_metadata("lsn");
  shard.seq = database.get_metadata("seq");
  for (auto posting = database.postlist_begin(""); posting != database.postlist_end(""); ++posting) {
    const Xapian::Document document = database.get_document(*posting);
    StoredProduct product;
    product.data = document.get_data();
    std::vector<std::string> ids;
    for (auto term = document.termlist_begin(); term != document.termlist_end(); ++term) {
      product.terms.push_back(*term + " " + std::to_string(term.get_wdf()));
      if ((*term).starts_with('Q')) ids.push_back((*term).substr(1));
    }
    for (auto value = document.values_begin(); value != document.values_end(); ++value) {
      product.numbers[value.get_valueno()] = decode_number_value(*value).value();
    }
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_TRUE(shard.products.emplace(ids.at(0), std::move(product)).second)
        << ids.at(0) << " is there twice";
  }
  return shard;
}

inline void expect_intact(const std::filesystem::path& folder) {
  EXPECT_EQ(Xapian::Database::check(folder.string(), 0, nullptr), 0U) << folder;
}

}  // namespace aisle::test
