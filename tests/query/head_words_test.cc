#include "query/head_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/statistics.h"
#include "tests/support/catalogue.h"

namespace aisle {
namespace {

using testing::ElementsAre;

std::string schema_text(const std::string& language) {
  return R"({"index": "shop", "id": "id", "language": ")" + language +
         R"(", "fields": {"title": {"type": "text", "search": true}}, "source": {"type": "file", "path": "p.jsonl"}})";
}

// The marks of words after titles were learnt from.
class Learnt {
 public:
  Learnt(const std::string& language, const std::vector<std::string>& titles) : shop_(schema_text(language)) {
    std::vector<std::string> records;
    for (std::size_t i = 0; i < titles.size(); ++i)
      records.push_back(R"({"id": ")" + std::to_string(i) + R"(", "title": ")" + titles[i] + R"("})");
    view_ = shop_.grow(shop_.upserts(records), 1);
    segment_ = view_.shards.front()->segments.front().segment;
    marks_ = view_.statistics->head_marks(segment_);
  }
  int of(const std::string& word) const { return (*marks_)[segment_->terms.find(word)]; }
  const View& view() const { return view_; }
  const std::shared_ptr<const Segment>& segment() const { return segment_; }

 private:
  test::Catalogue shop_;
  View view_;
  std::shared_ptr<const Segment> segment_;
  HeadMarks::Marks marks_;
};

const std::vector<std::string> locks = {"Nordal laptop lock", "Velo laptop lock 2 m", "Nordal laptop bag",
                                        "Velo laptop bag",    "Nordal bicycle lock",  "Velo bicycle lock",
                                        "Velo door lock",     "Velo laptop for work"};

TEST(HeadWords, EndNamesAndDoNotBeginTitles) {
  const Learnt shop("en", locks);
  EXPECT_GT(shop.of("lock"), shop.of("laptop"));
  EXPECT_GE(shop.of("laptop"), head_share_least);
  EXPECT_EQ(shop.of("velo"), head_break) << "begins titles";
  EXPECT_EQ(shop.of("bag"), head_break) << "too rare to tell";
  EXPECT_EQ(shop.of("2"), head_break);
  EXPECT_EQ(shop.of("for"), head_link);
}

TEST(HeadWords, BeginNamesInFrench) {
  const std::vector<std::string> titles = {"Velo housse souple", "Nordal housse souple", "Velo housse souple",
                                           "Nordal housse souple", "Velo housse souple"};
  const Learnt french("fr", titles);
  EXPECT_GT(french.of("housse"), french.of("souple"));
  const Learnt english("en", titles);
  EXPECT_LT(english.of("housse"), english.of("souple"));
}

TEST(HeadWords, WeighLessInsideOfANameAndBehindALink) {
  const std::vector<std::uint8_t> marks = {head_break, head_link, 100, 200};
  HeadWeights last(false);
  const std::vector<TermId> title = {0, 2, 3, 1, 2};
  EXPECT_THAT(last.of(title, marks), ElementsAre(0, 16 * 100, 64 * 200, 0, 8 * 100));
  HeadWeights first(true);
  EXPECT_THAT(first.of(title, marks), ElementsAre(0, 64 * 100, 16 * 200, 0, 8 * 100));
}

TEST(HeadWords, MarksOfASegmentAreMadeOnce) {
  const Learnt shop("en", locks);
  const auto& statistics = *shop.view().statistics;
  EXPECT_EQ(statistics.head_marks(shop.segment()), statistics.head_marks(shop.segment()));
}

}  // namespace
}  // namespace aisle
