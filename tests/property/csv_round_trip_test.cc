// Any table of texts comes back out of CSV and TSV as it went in, however its cells are quoted; and no bytes
// whatever stop the reader.
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "base/file.h"
#include "base/utf8.h"
#include "indexer/record_reader.h"
#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

std::string random_text(std::mt19937_64& random, std::string_view alphabet, std::size_t length_max) {
  std::string text(random() % (length_max + 1), ' ');
  for (char& c : text) c = alphabet[random() % alphabet.size()];
  return text;
}

std::string quoted(const std::string& cell) {
  std::string text = "\"";
  for (const char c : cell) text += c == '"' ? "\"\"" : std::string(1, c);
  return text + "\"";
}

TEST(CsvRoundTrip, EveryTableComesBack) {
  const std::uint64_t first = test::number_from("AISLE_SEED", std::random_device()());
  const test::TemporaryFolder folder;
  for (std::uint64_t run = 0; run < 100; ++run) {
    SCOPED_TRACE("AISLE_SEED=" + std::to_string(first + run));
    std::mt19937_64 random(first + run);
    const bool tabs = random() % 2 == 0;
    const char delimiter = tabs ? '\t' : ',';
    const auto path = folder.path() / (tabs ? "t.tsv" : "t.csv");
    const std::string ending = random() % 2 == 0 ? "\n" : "\r\n";
    std::string file = std::string("a") + delimiter + "id" + delimiter + "b" + ending;
    std::vector<std::array<std::string, 3>> rows(random() % 20);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      rows[i] = {random_text(random, tabs ? "x,\"\xC3\xA9 " : "x,\t\"\n\xC3\xA9 ", 8),
                 "p" + std::to_string(i), random_text(random, "yz,", 3)};
      rows[i][0] = replace_invalid_utf8(rows[i][0]);
      for (std::size_t cell = 0; cell < 3; ++cell) {
        const std::string& text = rows[i][cell];
        const bool must = !tabs && text.find_first_of("\"\n\r\t,") != std::string::npos;
        file += (must || (!tabs && random() % 3 == 0) ? quoted(text) : text) +
                (cell < 2 ? std::string(1, delimiter) : ending);
      }
    }
    ASSERT_TRUE(write_file_atomically(path, file));
    auto reader = RecordReader::open(path, "id");
    ASSERT_TRUE(reader) << reader.error().message;
    for (const auto& row : rows) {
      const auto next = reader->next();
      ASSERT_TRUE(next && *next) << file;
      ASSERT_FALSE((*next)->error) << *(*next)->error << "\n" << file;
      const auto json = nlohmann::json::parse((*next)->record.json);
      EXPECT_EQ(json.value("a", ""), row[0]) << file;
      EXPECT_EQ(json.value("id", ""), row[1]) << file;
      EXPECT_EQ(json.value("b", ""), row[2]) << file;
    }
    EXPECT_FALSE(reader->next().value());
    if (testing::Test::HasFailure()) return;
  }
}

TEST(CsvRoundTrip, NoBytesStopTheReaderBeforeTheEnd) {
  const std::uint64_t first = test::number_from("AISLE_SEED", std::random_device()());
  const test::TemporaryFolder folder;
  for (std::uint64_t run = 0; run < 200; ++run) {
    SCOPED_TRACE("AISLE_SEED=" + std::to_string(first + run));
    std::mt19937_64 random(first + run);
    const char* names[] = {"t.csv", "t.tsv", "t.jsonl"};
    const auto path = folder.path() / names[random() % 3];
    std::string file = path.extension() == ".csv" ? "id,a\n" : path.extension() == ".tsv" ? "id\ta\n" : "";
    file += random_text(random, "{}[]\":,id\t\n\r\\01\xff\xc3 ", 300);
    ASSERT_TRUE(write_file_atomically(path, file));
    auto reader = RecordReader::open(path, "id");
    ASSERT_TRUE(reader) << reader.error().message;
    std::uint64_t line = 0;
    while (true) {
      const auto next = reader->next();
      ASSERT_TRUE(next) << next.error().message;
      if (!*next) break;
      EXPECT_GT((*next)->line, line);
      line = (*next)->line;
      if ((*next)->error) continue;
      EXPECT_TRUE(nlohmann::json::parse((*next)->record.json).is_object());
    }
  }
}

}  // namespace
}  // namespace aisle
