// Rebuilding the index of a shop in PostgreSQL: under writes and searches, killed at every named place and at
// random moments, refused, cancelled. AISLE_KILLS sets how often, AISLE_SEED repeats a run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <iostream>
#include <random>
#include <thread>

#include "base/file.h"
#include "server/commands/admin_client.h"
#include "server/reindex/reindexer.h"
#include "tests/support/demo_shop_service.h"
#include "tests/support/eventually.h"
#include "tests/support/random.h"
#include "tests/support/shop_work.h"

namespace aisle::test {
namespace {

using ::testing::HasSubstr;

// Searches without a pause and judges each answer: it came, and all its hits are of the generation it names.
// The generation built with build_schema(n) has the field "build" with value "n" in every product; the first
// has none.
class Searcher {
 public:
  explicit Searcher(std::uint16_t port)
      : thread_([this, port](const std::stop_token& stop) { run(stop, port); }) {}

  std::atomic<int> answers{0};
  std::atomic<int> failures{0};
  std::atomic<int> mixed{0};
  std::atomic<std::uint32_t> generation{0};  // of the last answer

 private:
  void run(const std::stop_token& stop, std::uint16_t port) {
    const std::string request = get_request("/v1/indexes/products/search?per_page=50&highlight=false");
    std::optional<RawHttp> connection;
    while (!stop.stop_requested()) {
      if (!connection) connection.emplace(port);
      auto answer = connection->ask(request);
      if (!answer || answer->headers["connection"] == "close") connection.reset();
      judge(answer);
    }
  }
  void judge(const std::optional<RawResponse>& answer) {
    if (!answer || answer->status != 200) {
      ++failures;
      return;
    }
    const nlohmann::json json = nlohmann::json::parse(answer->body);
    const auto of = json["view"]["generation"].get<std::uint32_t>();
    for (const nlohmann::json& hit : json["hits"]) {
      const std::string build = hit["product"].value("build", "1");
      if (build != std::to_string(of)) ++mixed;
    }
    generation = of;
    ++answers;
  }

  std::jthread thread_;
};

class ReindexFaultTest : public DemoShopServiceTest {
 protected:
  void SetUp() override {
    DemoShopServiceTest::SetUp();
    if (IsSkipped()) return;
    original_ = nlohmann::json::parse(
        read_file(std::filesystem::path(AISLE_SOURCE_DIR) / "data" / "demo" / "products.json").value());
    write_schema(original_);
    const nlohmann::json index = {
        {"schema", "schema.json"}, {"connection", shop_->conninfo()}, {"shards", 2}};
    config_ = folder_.path() / "aisle.json";
    ASSERT_TRUE(write_file_atomically(config_, nlohmann::json({{"indexes", {index}}}).dump()));
  }
  void write_schema(const nlohmann::json& schema) const {
    ASSERT_TRUE(write_file_atomically(folder_.path() / "schema.json", schema.dump()));
  }
  // Another content: each product carries the number of the build. `condition` leaves products out.
  void build_schema(int build, const std::string& condition = "true") const {
    nlohmann::json schema = original_;
    schema["fields"]["build"] = {{"type", "keyword"}, {"facet", true}};
    schema["source"]["document_query"] = "SELECT d.*, '" + std::to_string(build) + "' AS build FROM (" +
                                         original_["source"]["document_query"].get<std::string>() +
                                         ") d WHERE " + condition;
    write_schema(schema);
  }
  void launch_with(const Environment& environment) {
    aisle_.reset();
    aisle_ = std::make_unique<AisleProcess>(std::vector<std::string>{"--config", config_}, environment);
  }
  std::string admin_url() const { return "http://127.0.0.1:" + std::to_string(aisle_->admin_port()); }
  CommandResult command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--admin", admin_url()});
    return run_aisle(arguments);
  }
  nlohmann::json admin(const std::string& rest) const {
    return AdminClient::of({.url = admin_url(), .config = ""})
        ->get(admin_path("products", rest))
        .value_or(nullptr);
  }
  // Waits until no rebuild is under way any more; its last state, "" when there was none.
  std::string end_of_reindex() {
    nlohmann::json last;
    const auto ended = [&] {
      last = admin("reindex");
      return last.is_null() || !last["under_way"].get<bool>();
    };
    EXPECT_TRUE(eventually(ended, std::chrono::seconds(120))) << last.dump(2) << aisle_->log();
    return last.is_null() ? "" : last["state"].get<std::string>();
  }
  bool under_way() const {
    const nlohmann::json reindex = admin("reindex");
    return !reindex.is_null() && reindex["under_way"].get<bool>();
  }
  std::uint32_t active() {
    return search({{"q", ""}, {"per_page", "1"}})["view"]["generation"].get<std::uint32_t>();
  }
  // The database's products; those of a rebuilt generation say which one it is.
  Products truth(int build) {
    Products products = shop_->products();
    if (build > 1) {
      for (auto& [id, product] : products) product["build"] = std::to_string(build);
    }
    return products;
  }
  std::jthread write(std::uint64_t seed) {
    return std::jthread([this, seed](const std::stop_token& stop) {
      ShopWork work(seed);
      SqlSession session(shop_->conninfo());
      while (!stop.stop_requested()) {
        if (!session.attempt(work.transaction())) session.attempt("ROLLBACK");
        ++transactions_;
        std::this_thread::sleep_for(writer_pace);
      }
    });
  }

  nlohmann::json original_;
  std::atomic<int> transactions_{0};
};

TEST_F(ReindexFaultTest, F60_F62_UnderWritesAndSearchesNothingFailsAndNoAnswerMixes) {
  const std::uint64_t seed = number_from("AISLE_SEED", std::random_device()());
  std::cout << "AISLE_SEED=" << seed << "\n";
  start();
  build_schema(2);
  {
    Searcher searcher(aisle_->port());
    {
      const std::jthread writer = write(seed);
      ASSERT_TRUE(eventually([&] { return searcher.answers > 10; }));
      const CommandResult done = command({"reindex", "products", "--wait"});
      ASSERT_EQ(done.exit_code, 0) << done.output;
      ASSERT_TRUE(eventually([&] { return searcher.generation == 2U; }));
      const int before = transactions_;
      ASSERT_TRUE(eventually([&] { return transactions_ > before + 200; }));  // after the switch
    }
    expect_caught_up();
    expect_equal(truth(2));
    ASSERT_EQ(command({"rollback", "products"}).exit_code, 0);  // instant
    EXPECT_EQ(active(), 1U);
    expect_caught_up();  // and fresh: nothing was left to be read
    expect_equal(truth(1));
    ASSERT_TRUE(eventually([&] { return searcher.generation == 1U; }));
    EXPECT_EQ(searcher.failures, 0);
    EXPECT_EQ(searcher.mixed, 0);
    std::cout << transactions_ << " transactions, " << searcher.answers << " answers\n";
  }
  EXPECT_EQ(aisle_->stop(), 0);
}

TEST_F(ReindexFaultTest, F56_F61_KilledAtEveryNamedPlaceItGoesOn) {
  start();
  std::vector<std::string> points(std::begin(reindex_fault_points), std::end(reindex_fault_points));
  for (const char* store : {"state_store.before_write", "state_store.after_write"}) {
    points.push_back(store + std::string(":1"));  // when it is announced
    points.push_back(store + std::string(":2"));  // when it is switched
  }
  std::uint32_t generation = 1;
  for (const std::string& point : points) {
    SCOPED_TRACE(point);
    ASSERT_EQ(aisle_->stop(), 0);
    launch_with({{"AISLE_FAULT", point}});
    ASSERT_TRUE(aisle_->ready()) << aisle_->log();
    build_schema(static_cast<int>(generation) + 1);
    command({"reindex", "products"});  // may be killed before it answers
    ASSERT_TRUE(aisle_->wait(std::chrono::seconds(120))) << aisle_->log();
    start();
    const std::string state = end_of_reindex();
    if (point == "reindex.folder_made") {  // nothing was promised yet
      EXPECT_NE(admin("generations")["garbage"].size(), 0U);
      ASSERT_EQ(command({"gc", "products"}).exit_code, 0);
    } else {
      EXPECT_EQ(state, "active");
      generation = admin("reindex")["to"].get<std::uint32_t>();
    }
    EXPECT_EQ(active(), generation);
    const nlohmann::json all = admin("generations");
    int actives = 0;
    for (const nlohmann::json& one : all["generations"]) actives += one["role"] == "active" ? 1 : 0;
    EXPECT_EQ(actives, 1);
  }
  expect_caught_up();
  expect_equal(truth(static_cast<int>(generation)));
}

TEST_F(ReindexFaultTest, KilledAtRandomMomentsUnderWritesItEndsEqualToTheDatabase) {
  const std::uint64_t seed = number_from("AISLE_SEED", std::random_device()());
  const std::uint64_t kills = number_from("AISLE_KILLS", 4);
  std::cout << "AISLE_SEED=" << seed << " AISLE_KILLS=" << kills << "\n";
  ShopWork moments(seed);
  start();
  std::uint32_t generation = 1;
  {
    const std::jthread writer = write(seed + 1);
    for (std::uint64_t kill = 0; kill < kills; ++kill) {
      if (!under_way()) {
        build_schema(static_cast<int>(active()) + 1);
        ASSERT_EQ(command({"reindex", "products"}).exit_code, 0);
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(moments.below(2'000)));  // the moment is the test
      ASSERT_TRUE(aisle_->running()) << aisle_->log();
      aisle_->kill();
      start();
    }
    EXPECT_EQ(end_of_reindex(), "active");
    generation = active();
    EXPECT_GT(generation, 1U);
  }
  expect_caught_up();
  expect_equal(truth(static_cast<int>(generation)));
  ASSERT_EQ(command({"rollback", "products"}).exit_code, 0);
  expect_equal(truth(static_cast<int>(active())));
}

TEST_F(ReindexFaultTest, F65_ASecondRebuildIsRefusedAndTheFirstCanBeCancelled) {
  start();
  build_schema(2);
  SqlSession blocker(shop_->conninfo());
  blocker.exec("BEGIN; LOCK TABLE reviews IN ACCESS EXCLUSIVE MODE");  // the scan waits
  ASSERT_EQ(command({"reindex", "products"}).exit_code, 0);
  const CommandResult second = command({"reindex", "products"});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.output, HasSubstr("a reindex is under way: generation 2 is "));
  const CommandResult told = command({"reindex", "status", "products"});
  EXPECT_THAT(told.output, HasSubstr("generation 2 "));
  const CommandResult cancelled = command({"reindex", "cancel", "products"});
  EXPECT_EQ(cancelled.exit_code, 0) << cancelled.output;
  blocker.exec("ROLLBACK");
  EXPECT_EQ(end_of_reindex(), "failed");
  EXPECT_THAT(admin("reindex")["reason"].get<std::string>(), HasSubstr("cancelled by "));
  EXPECT_EQ(active(), 1U);
  EXPECT_EQ(admin("generations")["generations"].size(), 1U);
  EXPECT_EQ(command({"reindex", "cancel", "products"}).exit_code, 1);
  sql("UPDATE products SET title = 'Quagga' WHERE id = 10001");
  expect_caught_up();
  expect_equal(truth(1));
}

TEST_F(ReindexFaultTest, F56_KilledInTheMiddleOfReadingItGoesOnWhereItWas) {
  start();
  const auto total = static_cast<std::uint64_t>(shop_->products().size());
  build_schema(2, "(SELECT pg_sleep(0.3)::text) IS NOT NULL");  // each chunk takes its time
  ASSERT_EQ(command({"reindex", "products"}).exit_code, 0);
  std::uint64_t before = 0;
  const auto half = [&] {
    before = admin("reindex")["progress"]["products"].get<std::uint64_t>();
    return before >= total / 2;
  };
  ASSERT_TRUE(eventually(half, std::chrono::seconds(60)));
  aisle_->kill();
  start();
  std::uint64_t again = 0;
  const auto ended = [&] {
    const nlohmann::json now = admin("reindex");
    if (now["state"] == "building") again = now["progress"]["products"].get<std::uint64_t>();
    return !now["under_way"].get<bool>();
  };
  ASSERT_TRUE(eventually(ended, std::chrono::seconds(60)));
  EXPECT_EQ(active(), 2U);
  std::cout << total << " products, " << before << " read before the kill, " << again << " after it\n";
  EXPECT_LT(again, total) << "it began anew";  // what was on disk is not read again
  expect_caught_up();
  expect_equal(truth(2));
}

TEST_F(ReindexFaultTest, KilledWhileItIsGivenUpItStaysGivenUp) {
  start();
  ASSERT_EQ(aisle_->stop(), 0);
  launch_with({{"AISLE_FAULT", "reindex.failed"}});
  ASSERT_TRUE(aisle_->ready()) << aisle_->log();
  build_schema(2, "d.id % 10 > 2");
  command({"reindex", "products"});
  ASSERT_TRUE(aisle_->wait(std::chrono::seconds(120))) << aisle_->log();
  start();
  EXPECT_EQ(end_of_reindex(), "failed");
  EXPECT_THAT(admin("reindex")["reason"].get<std::string>(), HasSubstr(" are missing"));
  EXPECT_TRUE(eventually([&] { return admin("generations")["generations"].size() == 1; }));
  EXPECT_EQ(active(), 1U);
  EXPECT_TRUE(eventually(
      [&] { return !std::filesystem::exists(folder_.path() / "aisle-data/products/generation-2"); }));
}

TEST_F(ReindexFaultTest, F63_FewerRowsAreNotSwitchedTo) {
  start();
  build_schema(2, "d.id % 10 > 2");
  const CommandResult refused = command({"reindex", "products", "--wait"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr(" are missing, the limit is 20 %"));
  EXPECT_EQ(active(), 1U);
  sql("UPDATE products SET title = 'Quagga' WHERE id = 10001");  // the feed goes on
  expect_caught_up();
  expect_equal(truth(1));
}

TEST_F(ReindexFaultTest, ProductsAreReadAgainWithoutARebuild) {
  sql("CREATE TABLE words (word text); INSERT INTO words VALUES ('one')");  // not followed
  nlohmann::json schema = original_;
  schema["fields"]["build"] = {{"type", "keyword"}, {"facet", true}};
  schema["source"]["document_query"] = "SELECT d.*, (SELECT word FROM words) AS build FROM (" +
                                       original_["source"]["document_query"].get<std::string>() + ") d";
  write_schema(schema);
  start();
  sql("UPDATE words SET word = 'two'");
  const auto word_of = [&](const char* id) { return product(id).value("build", ""); };
  const CommandResult some = command({"reindex", "products", "--ids", "10001,10002"});
  EXPECT_EQ(some.output, "2 products will be read again\n");
  EXPECT_TRUE(eventually([&] { return word_of("10001") == "two" && word_of("10002") == "two"; }));
  EXPECT_EQ(word_of("10003"), "one");
  const CommandResult all = command({"reindex", "products", "--resync"});
  EXPECT_EQ(all.output, "all products will be read again\n");
  const auto still_one = [&] { return search({{"q", ""}, {"filter", "build = one"}})["total"].get<int>(); };
  EXPECT_TRUE(eventually([&] { return still_one() == 0; }, std::chrono::seconds(60)));
  EXPECT_EQ(active(), 1U);
  EXPECT_EQ(command({"reindex", "nowhere", "--ids", "1"}).exit_code, 1);

  // The wish outlives the process that heard it.
  sql("UPDATE words SET word = 'three'");
  shop_server().stop("immediate");
  EXPECT_EQ(command({"reindex", "products", "--ids", "10001,10003"}).exit_code, 0);
  aisle_->kill();
  shop_server().start();
  shop_->reconnect();
  start();
  EXPECT_TRUE(eventually([&] { return word_of("10001") == "three" && word_of("10003") == "three"; }));
  EXPECT_EQ(word_of("10002"), "two");
  const std::filesystem::path kept = folder_.path() / "aisle-data" / "products" / "repairs";
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(kept); }));
}

}  // namespace
}  // namespace aisle::test
