#include "query/stored_documents.h"

#include <gtest/gtest.h>

#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

StoredDocuments stored(const std::filesystem::path& folder, const std::vector<std::string>& texts) {
  StoredDocuments::Builder builder(folder);
  for (const std::string& text : texts) EXPECT_TRUE(builder.add(text));
  auto finished = builder.finish();
  EXPECT_TRUE(finished);
  return std::move(*finished);
}

std::vector<std::string> texts_of(std::size_t count, std::size_t bytes) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i)
    texts.push_back(std::to_string(i) + std::string(i % 3 == 0 ? 0 : bytes, 'x'));
  return texts;
}

void expect_holds(const StoredDocuments& documents, const std::vector<std::string>& texts) {
  for (std::uint32_t i = 0; i < texts.size(); ++i) ASSERT_EQ(documents.get(i), texts[i]) << i;
}

TEST(StoredDocuments, SmallSetsStayInMemory) {
  const test::TemporaryFolder folder;
  const auto texts = texts_of(10, 5);
  const StoredDocuments documents = stored(folder.path(), texts);
  expect_holds(documents, texts);
  EXPECT_EQ(documents.file_bytes(), 0U);
}

TEST(StoredDocuments, AShortTextSurvivesMoves) {
  const test::TemporaryFolder folder;
  StoredDocuments first = stored(folder.path(), {"{}"});
  StoredDocuments second = std::move(first);
  EXPECT_EQ(second.get(0), "{}");
  StoredDocuments third = stored(folder.path(), {"other"});
  third = std::move(second);
  EXPECT_EQ(third.get(0), "{}");
}

TEST(StoredDocuments, LargeSetsLieInAFileThatNobodySees) {
  const test::TemporaryFolder folder;
  const auto texts = texts_of(3000, 1000);
  StoredDocuments documents = stored(folder.path(), texts);
  expect_holds(documents, texts);
  EXPECT_GT(documents.file_bytes(), StoredDocuments::Builder::memory_bytes_max);
  EXPECT_LT(documents.memory_bytes(), 100'000U);
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  const StoredDocuments moved = std::move(documents);
  expect_holds(moved, texts);
}

TEST(StoredDocuments, JustBelowAndJustAboveTheBoundOfMemory) {
  const test::TemporaryFolder folder;
  constexpr std::size_t bound = StoredDocuments::Builder::memory_bytes_max;
  const StoredDocuments below = stored(folder.path(), {std::string(bound, 'a')});
  EXPECT_EQ(below.file_bytes(), 0U);
  EXPECT_EQ(below.get(0).size(), bound);
  const StoredDocuments above = stored(folder.path(), {std::string(bound, 'a'), "b"});
  EXPECT_EQ(above.file_bytes(), bound + 1);
  EXPECT_EQ(above.get(1), "b");
}

TEST(StoredDocuments, AFolderThatIsNotThereIsAnErrorNamingIt) {
  StoredDocuments::Builder builder("/nowhere/at/all");
  const Status status = builder.add(std::string(StoredDocuments::Builder::memory_bytes_max + 1, 'a'));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("/nowhere/at/all"), std::string::npos) << status.error().message;
}

}  // namespace
}  // namespace aisle
