// A small shop in PostgreSQL, its schema, and a feed of it into a ModelSink.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "indexer/postgres/postgres_feed.h"
#include "tests/support/model_sink.h"
#include "tests/support/postgres_server.h"

namespace aisle::test {

// Tables: products (root), brands (found by a path), prices (volatile, root column), variants (root column,
// identity full). Only active products are in the catalogue.
class ShopFeedTest : public ::testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  void start();
  void stop();
  // Waits until the scan is done and the index equals the shop.
  void expect_converges();
  void expect_streaming();
  // What the catalogue should hold, read from the database.
  ModelSink::Records truth();
  // Statements in one implicit transaction.
  void sql(const std::string& text) { session_->exec(text); }
  std::string value(const std::string& text) { return session_->value(text); }
  void fill(int products);
  PostgresSource& source() { return std::get<PostgresSource>(schema_.source); }
  virtual PostgresServer& server() { return PostgresServer::shared(); }
  // What the feed delivers to.
  virtual ChangeSink& sink() { return sink_; }
  std::string conninfo() { return server().conninfo(database_); }
  FeedStatus status() const { return feed_->status(); }
  void reconnect_session();

  std::string database_;
  std::unique_ptr<SqlSession> session_;
  IndexSchema schema_;
  FeedOptions options_;
  ModelSink sink_;
  std::unique_ptr<PostgresFeed> feed_;
  std::jthread thread_;
};

}  // namespace aisle::test
