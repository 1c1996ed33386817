#include "indexer/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "base/file.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class RecordReaderTest : public testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    EXPECT_TRUE(write_file_atomically(folder_.path() / name, content));
    return folder_.path() / name;
  }
  std::filesystem::path write_gzip(const std::string& name, const std::string& content) const {
    const auto path = folder_.path() / name;
    const gzFile file = gzopen(path.c_str(), "wb");
    EXPECT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())),
              static_cast<int>(content.size()));
    gzclose(file);
    return path;
  }
  // "line: json" or "line! error" of each record; a fatal error ends the list.
  static std::vector<std::string> all(const std::filesystem::path& path) {
    std::vector<std::string> found;
    auto reader = RecordReader::open(path, "id");
    if (!reader) return {"fatal: " + reader.error().message};
    while (true) {
      auto next = reader->next();
      if (!next) {
        found.push_back("fatal: " + next.error().message);
        return found;
      }
      if (!*next) return found;
      const FileRecord& record = **next;
      found.push_back(std::to_string(record.line) +
                      (record.error ? "! " + *record.error : ": " + record.record.json));
    }
  }

  test::TemporaryFolder folder_;
};

TEST_F(RecordReaderTest, JsonLinesComeAsTheyAre) {
  EXPECT_THAT(all(write("p.jsonl", "\xEF\xBB\xBF{\"id\": \"a\"}\r\n\n{\"x\": {\"id\": 3}, \"id\": 7}")),
              ElementsAre("1: {\"id\": \"a\"}", "3: {\"x\": {\"id\": 3}, \"id\": 7}"));
  auto reader = RecordReader::open(folder_.path() / "p.jsonl", "id");
  EXPECT_EQ(reader->next().value()->record.id, "a");
  EXPECT_EQ(reader->next().value()->record.id, "7");
}

TEST_F(RecordReaderTest, BadJsonLinesAreToldByLineAndDoNotEndTheFile) {
  EXPECT_THAT(
      all(write("p.jsonl", "{\"id\": \"a\"\n[1]\n{\"id\": [\"x\"]}\n{\"id\": \"b\"} x\n{\"id\": 1}\n")),
      ElementsAre(HasSubstr("1! not valid JSON near byte"), "2! not a JSON object",
                  HasSubstr("3! id is \"\""), HasSubstr("4! not valid JSON"), "5: {\"id\": 1}"));
}

TEST_F(RecordReaderTest, CsvCellsBecomeTextsAndEmptyOnesAreAbsent) {
  EXPECT_THAT(all(write("p.csv", "id,title,price\r\n1,Kettle,\r\n2,,9.99\r\n")),
              ElementsAre("2: {\"id\":\"1\",\"title\":\"Kettle\"}", "3: {\"id\":\"2\",\"price\":\"9.99\"}"));
}

TEST_F(RecordReaderTest, QuotedCellsMayHoldDelimitersQuotesAndLineBreaks) {
  EXPECT_THAT(all(write("p.csv", "id,title\n1,\"a, \"\"b\"\"\"\n2,\"two\nlines\"\n3,5\" screen\n4,\"\"\n")),
              ElementsAre("2: {\"id\":\"1\",\"title\":\"a, \\\"b\\\"\"}",
                          "3: {\"id\":\"2\",\"title\":\"two\\nlines\"}",
                          "5: {\"id\":\"3\",\"title\":\"5\\\" screen\"}", "6: {\"id\":\"4\"}"));
}

TEST_F(RecordReaderTest, BadRowsAreToldByLineAndDoNotEndTheFile) {
  EXPECT_THAT(all(write("p.csv", "id,title\n1,a,b\n2\n3,\"x\"y\n,z\n4,ok\n")),
              ElementsAre("2! has 3 cells, the header has 2", "3! has 1 cells, the header has 2",
                          "4! has text behind a closing quote", HasSubstr("5! id is \"\""),
                          "6: {\"id\":\"4\",\"title\":\"ok\"}"));
}

TEST_F(RecordReaderTest, AQuoteThatIsNeverClosedCostsOneLineOnly) {
  EXPECT_THAT(all(write("p.csv", "id,title\n1,\"open\n2,b\n3,c\n")),
              ElementsAre("2! has a quote that is never closed", "3: {\"id\":\"2\",\"title\":\"b\"}",
                          "4: {\"id\":\"3\",\"title\":\"c\"}"));
}

TEST_F(RecordReaderTest, QuotesAreTextInTsv) {
  EXPECT_THAT(
      all(write("p.tsv", "id\ttitle\n1\t\"Cozy\" blanket\n2\tTV 17\"\n")),
      ElementsAre(R"(2: {"id":"1","title":"\"Cozy\" blanket"})", R"(3: {"id":"2","title":"TV 17\""})"));
}

TEST_F(RecordReaderTest, GzipIsReadLikePlainText) {
  EXPECT_THAT(all(write_gzip("p.tsv.gz", "id\ttitle\n1\ta\n")),
              ElementsAre("2: {\"id\":\"1\",\"title\":\"a\"}"));
  EXPECT_THAT(all(write_gzip("p.jsonl.gz", "{\"id\":1}\n")), ElementsAre("1: {\"id\":1}"));
}

TEST_F(RecordReaderTest, CutGzipIsFatalAndNamesFileAndLine) {
  std::string lines;
  std::uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    lines += "{\"id\": \"" + std::to_string(i) + "-" +
             std::to_string(state = state * 1664525U + 1013904223U) + "\"}\n";
  }
  const auto path = write_gzip("p.jsonl.gz", lines);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto records = all(path);
  EXPECT_GT(records.size(), 1'000U);
  EXPECT_THAT(records.back(), HasSubstr("fatal: " + path.string() + " cannot be read after line "));
}

TEST_F(RecordReaderTest, LinesOverTheLimitAreSkipped) {
  const std::string fits = "{\"id\":1,\"t\":\"" + std::string(1'000'000, 'x') + "\"}";
  const std::string large =
      "{\"id\":2,\"t\":\"" + std::string(LineReader::line_bytes_max + 1'000'000, 'x') + "\"}";
  const auto records = all(write("p.jsonl", fits + "\n" + large + "\n{\"id\":3}\n"));
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0], "1: " + fits);
  EXPECT_EQ(records[1], "2! is longer than the limit of 4194304 bytes");
  EXPECT_EQ(records[2], "3: {\"id\":3}");
}

TEST_F(RecordReaderTest, FilesThatCannotBeReadAreRefused) {
  EXPECT_EQ(RecordReader::open(folder_.path() / "none.jsonl", "id").error().code, ErrorCode::NotFound);
  EXPECT_EQ(RecordReader::open(write("p.xlsx", ""), "id").error().code, ErrorCode::InvalidArgument);
  EXPECT_THAT(RecordReader::open(write("e.csv", ""), "id").error().message,
              HasSubstr("expected a header line"));
  EXPECT_THAT(RecordReader::open(write("n.csv", "idd,title\n"), "id").error().message,
              HasSubstr("has no column \"id\", did you mean \"idd\"?"));
  std::filesystem::create_directory(folder_.path() / "d.csv");
  EXPECT_THAT(RecordReader::open(folder_.path() / "d.csv", "id").error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace aisle
