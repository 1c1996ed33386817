#include "query/head_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "query/statistics.h"
#include "tests/support/catalogue.h"

namespace aisle {
namespace {

using testing::ElementsAre;

std::string schema_text(const std::string& language) {
  return R"({"index": "shop", "id": "id", "language": ")" + language +
         R"(", "fields": {"title": {"type": "text", "search": true}}, "source": {"type": "file", "path": "p.jsonl"}})";
}

// What was learnt from titles.
class Learnt {
 public:
  Learnt(const std::string& language, const std::vector<std::string>& titles) : shop_(schema_text(language)) {
    std::vector<std::string> records;
    for (std::size_t i = 0; i < titles.size(); ++i)
      records.push_back(R"({"id": ")" + std::to_string(i) + R"(", "title": ")" + titles[i] + R"("})");
    view_ = shop_.grow(shop_.upserts(records), 1);
    segment_ = view_.shards.front()->segments.front().segment;
  }
  int of(const std::string& word) const {
    const TermId term = view_.statistics->terms().find(word);
    return term == no_term ? int{head_break} : view_.statistics->head_share(term);
  }
  const View& view() const { return view_; }
  const std::shared_ptr<const Segment>& segment() const { return segment_; }

 private:
  test::Catalogue shop_;
  View view_;
  std::shared_ptr<const Segment> segment_;
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
  EXPECT_EQ(shop.of("for"), head_break);
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

// "word:use" of each token of the first title.
std::vector<std::string> uses(const std::string& title, const std::map<std::string, std::uint8_t>& shares) {
  const Learnt shop("en", {title});
  const Segment& segment = *shop.segment();
  std::vector<std::uint8_t> marks(segment.terms.size(), head_break);
  for (const auto& [word, share] : shares) {
    if (const TermId term = segment.terms.find(word); term != no_term) marks[term] = share;
  }
  const TitleHeads heads(segment, marks, false);
  std::vector<std::string> found;
  for (std::size_t i = 0; i < segment.forward_tokens(0).size(); ++i) {
    const std::string_view word = segment.terms.term(segment.forward_tokens(0)[i]);
    const int use = heads.uses(0, segment.forward_length(0), segment)[i];
    found.push_back(std::string(word) + (use == TitleHeads::Head       ? ":head"
                                         : use == TitleHeads::Own      ? ":own"
                                         : use == TitleHeads::Stranger ? ":stranger"
                                                                       : ""));
    const bool is_listed = !heads.documents(segment.forward_tokens(0)[i]).empty();
    EXPECT_EQ(is_listed, use == TitleHeads::Head) << word;
  }
  return found;
}

TEST(TitleHeads, AreWhatTheProductIs) {
  const std::map<std::string, std::uint8_t> shares = {
      {"for", head_link}, {"laptop", 10}, {"lock", 250}, {"pad", 10}};
  EXPECT_THAT(uses("Nordal laptop lock", shares), ElementsAre("nordal", "laptop:stranger", "lock:head"));
  EXPECT_THAT(uses("Lock for laptop", shares), ElementsAre("lock:head", "for", "laptop:stranger"));
  EXPECT_THAT(uses("Velo laptop", shares), ElementsAre("velo", "laptop:head"));
  EXPECT_THAT(uses("Laptop 2 laptop lock", shares), ElementsAre("laptop:own", "2", "laptop:own", "lock:head"))
      << "at its best";
  EXPECT_THAT(uses("Laptop pad", shares), ElementsAre("laptop:head", "pad:head"));
  EXPECT_THAT(uses("Velo 2", shares), ElementsAre("velo", "2"));
}

TEST(PreparedSegment, IsMadeOnce) {
  const Learnt shop("en", locks);
  const auto& statistics = *shop.view().statistics;
  EXPECT_EQ(statistics.prepared(shop.segment(), *shop.view().context),
            statistics.prepared(shop.segment(), *shop.view().context));
}

}  // namespace
}  // namespace aisle
