#include "tests/support/shop_feed.h"

#include "tests/support/eventually.h"

namespace aisle::test {
namespace {

constexpr const char* tables = R"sql(
CREATE TABLE brands (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE products (id bigint PRIMARY KEY, title text NOT NULL, description text, brand_id int,
                       active bool NOT NULL DEFAULT true);
CREATE TABLE prices (product_id bigint PRIMARY KEY, price numeric(10, 2), stock int);
CREATE TABLE variants (id bigint PRIMARY KEY, product_id bigint NOT NULL, sku text NOT NULL);
CREATE INDEX ON variants (product_id);
CREATE INDEX ON products (brand_id);
ALTER TABLE variants REPLICA IDENTITY FULL;
)sql";

constexpr const char* document_query = R"sql(
SELECT p.id, p.title, p.description, b.name AS brand, c.price, c.stock,
       (SELECT COALESCE(json_agg(v.sku ORDER BY v.id), '[]') FROM variants v WHERE v.product_id = p.id) AS skus
FROM products p LEFT JOIN brands b ON b.id = p.brand_id LEFT JOIN prices c ON c.product_id = p.id
WHERE p.active AND p.id = ANY($1)  -- a last comment does no harm
)sql";

PostgresSource shop_source(const std::string& database) {
  PostgresSource source;
  source.slot = "aisle_" + database;
  source.publication = "aisle_" + database;
  source.root_table = "public.products";
  source.document_query = document_query;
  source.volatile_query = "SELECT product_id AS id, price, stock FROM prices WHERE product_id = ANY($1)";
  source.tables = {
      {.table = "public.brands",
       .root_column = "",
       .path_query = "SELECT p.id FROM products p WHERE p.brand_id = ANY($1)"},
      {.table = "public.prices", .root_column = "product_id", .path_query = "", .only_volatile = true},
      {.table = "public.variants", .root_column = "product_id", .path_query = ""}};
  return source;
}

}  // namespace

void ShopFeedTest::SetUp() {
  if (const std::string reason = PostgresServer::unavailable(); !reason.empty()) GTEST_SKIP() << reason;
  database_ = server().create_database();
  reconnect_session();
  sql(tables);
  schema_.index = "products";
  schema_.source = shop_source(database_);
  options_.connection = conninfo();
  options_.wal_sender_timeout = std::chrono::seconds(2);
  options_.reconnect_max = std::chrono::milliseconds(300);
  options_.publication_interval = std::chrono::milliseconds(300);
  options_.slot_timeout = std::chrono::seconds(5);
  options_.chunk_rows = 100;
}

void ShopFeedTest::TearDown() {
  stop();
  if (session_ == nullptr) return;
  reconnect_session();
  sql("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL");
  EXPECT_TRUE(eventually([&] {
    return value("SELECT count(*) FROM pg_replication_slots WHERE active_pid IS NOT NULL") == "0";
  }));
  sql("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
}

void ShopFeedTest::reconnect_session() {
  session_ = std::make_unique<SqlSession>(conninfo());
}

void ShopFeedTest::start() {
  stop();
  feed_ = std::make_unique<PostgresFeed>(FeedTarget{std::make_shared<const IndexSchema>(schema_), &sink()},
                                         options_);
  thread_ = std::jthread([this](const std::stop_token& token) {
    const Status status = feed_->run(token);
    EXPECT_TRUE(status) << status.error().message;
  });
}

void ShopFeedTest::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  for (const std::string& violation : sink_.violations()) ADD_FAILURE() << violation;
}

ModelSink::Records ShopFeedTest::truth() {
  std::string query = source().document_query;
  const std::string parameter = "= ANY($1)";
  query.replace(query.find(parameter), parameter.size(), "IS NOT NULL");
  ModelSink::Records out;
  for (const auto& row : session_->query("SELECT d.id, row_to_json(d) FROM (" + query + "\n) d")) {
    out[row[0]] = nlohmann::json::parse(row[1]);
  }
  return out;
}

void ShopFeedTest::expect_streaming() {
  EXPECT_TRUE(eventually([&] { return status().state == FeedState::Streaming; }))
      << state_name(status().state) << ": " << status().reason;
}

void ShopFeedTest::expect_converges() {
  expect_streaming();
  if (HasFailure()) return;
  const auto end = std::chrono::steady_clock::now() + patience_factor * std::chrono::seconds(30);
  ModelSink::Records wanted = truth();
  while (sink_.records() != wanted && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    wanted = truth();
  }
  const ModelSink::Records found = sink_.records();
  EXPECT_EQ(found.size(), wanted.size());
  for (const auto& [id, record] : wanted) {
    const auto at = found.find(id);
    if (at == found.end()) {
      ADD_FAILURE() << "missing: " << record;
    } else if (at->second != record) {
      ADD_FAILURE() << "stale: " << at->second << " instead of " << record;
    }
    if (HasFailure()) return;
  }
}

void ShopFeedTest::fill(int products) {
  const std::string count = std::to_string(products);
  sql("INSERT INTO brands SELECT i, 'Brand ' || i FROM generate_series(1, 10) i;"
      "INSERT INTO products SELECT i, 'Product ' || i, 'About ' || i, 1 + i % 10, i % 20 <> 0 "
      "FROM generate_series(1, " +
      count +
      ") i;"
      "INSERT INTO prices SELECT i, i + 0.99, i % 7 FROM generate_series(1, " +
      count +
      ") i;"
      "INSERT INTO variants SELECT i, 1 + i / 2, 'SKU-' || i FROM generate_series(1, " +
      count + ") i;");
}

}  // namespace aisle::test
