#include "query/image_file.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/file.h"
#include "query/search.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/search_oracle.h"

namespace aisle {
namespace {

class ImageFileTest : public testing::Test {
 protected:
  // An image with tombstones, changed numbers and several segments.
  View random_view(test::Random& random) {
    test::RandomCatalogue products(shop_, random);
    return shop_.grow(products.history(40 + random.below(100), 50), 1, random);
  }
  Result<std::shared_ptr<const Image>> read(const std::string& state) const {
    return read_image_file(file_, state, *shop_.context());
  }

  test::Catalogue shop_{test::random_schema_text};
  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "shard-0.image";
};

TEST_F(ImageFileTest, TheImageThatIsReadAnswersAsTheOneThatWasWritten) {
  const test::Seeds all = test::seeds(60);
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const View view = random_view(random);
    ASSERT_TRUE(write_image_file(file_, *view.shards.front(), "one"));
    const auto image = read("one");
    ASSERT_TRUE(image) << image.error().message;
    std::filesystem::remove(file_);  // it lives on with whoever reads it
    EXPECT_EQ((*image)->seq, view.shards.front()->seq);
    EXPECT_EQ((*image)->lsn, view.shards.front()->lsn);
    View again = view;
    again.shards = {*image};
    test::RandomCatalogue products(shop_, random);
    for (int i = 0; i < 8; ++i) {
      const QueryLimits limits = test::random_limits(random);
      SearchRequest request = products.request(limits);
      if (random.chance(40)) request.filter = text_of(products.filter(2), random);
      const auto expected = search(view, request, limits, Deadline::never());
      const auto found = search(again, request, limits, Deadline::never());
      ASSERT_TRUE(expected && found);
      ASSERT_EQ(test::describe_all(*found), test::describe_all(*expected))
          << request.q << " / " << request.filter;
    }
  }
}

TEST_F(ImageFileTest, AnImageOfAnotherStateOrNoneIsNotFound) {
  EXPECT_EQ(read("one").error().code, ErrorCode::NotFound);
  EXPECT_FALSE(is_image_file(file_, "one"));
  test::Random random(1);
  ASSERT_TRUE(write_image_file(file_, *random_view(random).shards.front(), "one"));
  EXPECT_TRUE(is_image_file(file_, "one"));
  EXPECT_FALSE(is_image_file(file_, "two"));
  EXPECT_EQ(read("two").error().code, ErrorCode::NotFound);
  EXPECT_TRUE(read("one"));
}

TEST_F(ImageFileTest, DamageAnywhereIsSeen) {
  test::Random random(test::seeds(1).first);
  ASSERT_TRUE(write_image_file(file_, *random_view(random).shards.front(), "one"));
  const std::string whole = read_file(file_).value();
  for (int i = 0; i < 300; ++i) {
    std::string bytes = whole;
    if (random.chance(30)) {
      bytes.resize(random.below(bytes.size() - 8));  // behind the last section stand up to seven zeros
    } else {
      std::size_t place = random.below(bytes.size());
      while (bytes[place] == 0) place = random.below(bytes.size());  // zeros may stand between sections
      bytes[place] = static_cast<char>(bytes[place] ^ (1 << random.below(8)));
    }
    std::ofstream(file_, std::ios::binary) << bytes;
    ASSERT_FALSE(read("one")) << "round " << i;
  }
}

TEST_F(ImageFileTest, AFolderThatIsNotThereIsToldByName) {
  const Status status = write_image_file(folder_.path() / "no" / "x.image", Image(), "one");
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("x.image"), std::string::npos);
}

}  // namespace
}  // namespace aisle
