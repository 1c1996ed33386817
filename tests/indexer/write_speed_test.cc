// How fast documents are built and written. Runs only with AISLE_DATA=<file of "source<tab>title" lines, may
// be .gz>; AISLE_SHARDS (default 1) and AISLE_PRODUCTS (default all) choose the size.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/utf8.h"
#include "indexer/index_pipeline.h"
#include "indexer/line_reader.h"
#include "tests/indexer/shop.h"
#include "tests/support/pipeline.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

std::uint64_t setting(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

std::vector<SourceRecord> read_titles(const char* path, std::uint64_t count_max) {
  std::vector<SourceRecord> records;
  auto lines = LineReader::open(path).value();
  while (records.size() < count_max) {
    const auto line = lines.next().value();
    if (!line) break;
    const auto tab = line->text.find('\t');
    const std::string id = "p" + std::to_string(records.size());
    std::string json = R"({"id":")" + id + R"(","source":)";
    append_json_string(json, line->text.substr(0, tab));
    json += R"(,"title":)";
    append_json_string(json, line->text.substr(tab + 1));
    json += '}';
    records.push_back({id, std::move(json)});
  }
  return records;
}

std::uintmax_t bytes_in(const std::filesystem::path& folder) {
  std::uintmax_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) bytes += entry.file_size();
  }
  return bytes;
}

TEST(WriteSpeed, OfTitles) {
  const char* path = std::getenv("AISLE_DATA");
  if (path == nullptr) GTEST_SKIP() << "AISLE_DATA is not set";
  const auto schema = test::shop_schema(R"({"index": "titles", "id": "id", "language": "en", "fields": {
    "title": {"type": "text", "search": true}, "price": {"type": "decimal", "sort": true, "volatile": true}}, "source": {"type": "file", "path": "titles.tsv"}})");
  const auto records = read_titles(path, setting("AISLE_PRODUCTS", ~std::uint64_t{0}));
  const auto count = static_cast<double>(records.size());
  {
    const auto builder = DocumentBuilder::create(schema).value();
    const auto begin = Clock::now();
    std::size_t tokens = 0;
    for (const SourceRecord& record : records) {
      const Document document = builder->build(record.json).value();
      for (const FieldTokens& texts : document.texts) tokens += texts.tokens.size();
    }
    std::printf("build: %.0f products/s on one thread, %.1f tokens each\n", count / seconds_since(begin),
                static_cast<double>(tokens) / count);
  }
  const test::TemporaryFolder folder;
  auto pipeline = test::open_pipeline(IndexFolder::acquire(folder.path(), "titles").value(), schema,
                                      {.shards = static_cast<std::uint32_t>(setting("AISLE_SHARDS", 1))}, 0)
                      .value();
  const auto measure = [&](const char* what, std::uint64_t size, const auto& fill) {
    const auto begin = Clock::now();
    const std::clock_t processor = std::clock();
    for (std::uint64_t i = 0; i < size; i += 1'000) {
      ChangeBatch batch;
      for (std::uint64_t j = i; j < std::min(size, i + 1'000); ++j) fill(batch, j);
      batch.lsn = pipeline->durable_lsn() + 1;
      ASSERT_TRUE(pipeline->apply(std::move(batch)));
    }
    ASSERT_TRUE(pipeline->flush(Deadline::never()));
    const double took = seconds_since(begin);
    std::printf("%s: %.0f/s, %u shards, %.1f s, %.1f s of processor, %.0f bytes a product\n", what,
                static_cast<double>(size) / took, pipeline->shards(), took,
                static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC,
                static_cast<double>(bytes_in(folder.path())) / count);
  };
  const auto upsert = [&](ChangeBatch& batch, std::uint64_t i) { batch.upserts.push_back(records[i]); };
  measure("build and write", records.size(), upsert);
  measure("write again, nothing changed", records.size() / 4, upsert);
  measure("new prices of scattered products", records.size() / 10, [&](ChangeBatch& batch, std::uint64_t i) {
    const std::string id = "p" + std::to_string(i * 7919 % records.size());
    batch.values.push_back({id, R"({"id":")" + id + R"(","price":)" + std::to_string(i) + "}"});
  });
  measure("other titles of scattered products", records.size() / 20,
          [&](ChangeBatch& batch, std::uint64_t i) {
            const std::string id = "p" + std::to_string(i * 7919 % records.size());
            const std::string& other = records[i * 104'729 % records.size()].json;
            batch.upserts.push_back({id, R"({"id":")" + id + R"(")" + other.substr(other.find(','))});
          });
  EXPECT_EQ(pipeline->shard_set().document_count(), records.size());
}

}  // namespace
}  // namespace aisle
