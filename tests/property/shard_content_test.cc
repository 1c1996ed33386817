// Random histories of one shard: what lies on disk is what a plain map says, also after losing what was not
// committed.
#include <gtest/gtest.h>

#include <random>

#include "indexer/shard_store.h"
#include "tests/indexer/shop.h"
#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using Model = std::map<std::string, Document>;

class History {
 public:
  explicit History(std::uint64_t seed) : random_(seed) {}

  Op next() {
    const std::string id = "p" + std::to_string(pick(40));
    switch (pick(10)) {
      case 0:
        return test::remove(id);
      case 1:
      case 2:
      case 3:
        return values(id);
      default:
        return test::upsert(document(id));
    }
  }
  std::uint64_t pick(std::uint64_t below) { return random_() % below; }

 private:
  Document document(const std::string& id) {
    std::vector<std::string> words;
    for (std::uint64_t i = pick(6); i > 0; --i) words.push_back("w" + std::to_string(pick(8)));
    Document made = test::shop_document(id, words, pick(4) == 0 ? missing_number : number());
    if (pick(3) == 0) made.numbers.push_back({test::field_number("stock"), number()});
    if (pick(2) == 0) made.keywords.push_back({test::field_number("brand"), {"b" + std::to_string(pick(3))}});
    return made;
  }
  Op values(const std::string& id) {
    Op op = test::set_price(id, pick(4) == 0 ? missing_number : number());
    if (pick(2) == 0) op.numbers.push_back({test::field_number("stock"), number()});
    return op;
  }
  std::int64_t number() { return static_cast<std::int64_t>(pick(5)) - 2; }

  std::mt19937_64 random_;
};

void apply(Model& model, const Op& op) {
  if (op.kind == OpKind::Upsert) model[op.id] = op.document;
  if (op.kind == OpKind::Delete) model.erase(op.id);
  if (op.kind != OpKind::SetNumbers || !model.contains(op.id)) return;
  auto& numbers = model[op.id].numbers;
  for (const NumberCell& cell : op.numbers) {
    std::erase_if(numbers, [&](const NumberCell& old) { return old.field == cell.field; });
    if (cell.value != missing_number) numbers.push_back(cell);
  }
}

test::StoredProduct expected(Document document) {
  test::StoredProduct product;
  for (const NumberCell& cell : document.numbers) product.numbers[cell.field] = cell.value;
  document.numbers.clear();
  product.data = encode_document(document);
  std::map<std::string, int> terms = {{id_term(document.id), 0}};
  for (const FieldTokens& texts : document.texts) {
    for (const IndexToken& token : texts.tokens) ++terms[token_term("title", token.term)];
  }
  for (const KeywordCell& cell : document.keywords) {
    for (const std::string& value : cell.values) terms[keyword_term("brand", value)] = 0;
  }
  for (const auto& [term, count] : terms) product.terms.push_back(term + " " + std::to_string(count));
  return product;
}

void expect_equal(const Model& model, const std::filesystem::path& path, ShardPosition position) {
  const auto shard = test::read_shard(path);
  EXPECT_EQ(shard.seq, std::to_string(position.seq));
  EXPECT_EQ(shard.lsn, std::to_string(position.lsn));
  ASSERT_EQ(shard.products.size(), model.size());
  for (const auto& [id, document] : model) {
    const auto wanted = expected(document);
    const auto& found = shard.products.at(id);
    EXPECT_EQ(found.terms, wanted.terms) << id;
    EXPECT_EQ(found.numbers, wanted.numbers) << id;
    EXPECT_EQ(found.data, wanted.data) << id;
  }
}

TEST(ShardContent, EqualsTheModelAfterAnyHistoryOfOpsCommitsAndLosses) {
  const std::uint64_t first = test::number_from("AISLE_SEED", std::random_device()());
  for (std::uint64_t run = 0; run < 12; ++run) {
    SCOPED_TRACE("AISLE_SEED=" + std::to_string(first + run));
    const test::TemporaryFolder folder;
    auto store = ShardStore::open(folder.path(), test::shop_schema()).value();
    History history(first + run);
    Model committed;
    Model model;
    ShardPosition position;
    for (int step = 0; step < 400; ++step) {
      const Op op = history.next();
      apply(model, op);
      ASSERT_TRUE(store->apply(op));
      const auto event = history.pick(40);
      if (event < 3) {
        position = {position.seq + 1, position.lsn + history.pick(100)};
        ASSERT_TRUE(store->commit(position));
        committed = model;
      } else if (event == 3) {
        ASSERT_TRUE(store->reopen());
        model = committed;
      } else if (event == 4) {
        store.reset();
        store = ShardStore::open(folder.path(), test::shop_schema()).value();
        model = committed;
      }
      // the point in a remote log is not this test's: without one it is derived from the database itself
      ASSERT_EQ(std::pair(store->position().seq, store->position().lsn),
                std::pair(position.seq, position.lsn));
      if (event < 5 && position.seq > 0) expect_equal(committed, folder.path(), position);
      if (testing::Test::HasFailure()) return;
    }
    test::expect_intact(folder.path());
  }
}

}  // namespace
}  // namespace aisle
