#include "schemas/term_layout.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>
#include <xapian.h>

#include <limits>
#include <set>

#include "base/utf8.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

TEST(TermLayout, TermsCarryTheirKindAndFieldInFront) {
  EXPECT_EQ(id_term("p1"), "Qp1");
  EXPECT_EQ(token_term("title", "kettle"), "XTITLE:kettle");
  EXPECT_EQ(keyword_term("lvl0.Name_2", "Küche > Töpfe"), "KLVL0.NAME_2:Küche > Töpfe");
}

TEST(TermLayout, TermsAreKeptWholeUpTo240Bytes) {
  EXPECT_EQ(id_term(std::string(239, 'x')), "Q" + std::string(239, 'x'));
  const std::string cut = id_term(std::string(240, 'x'));
  EXPECT_EQ(cut.substr(0, 201), "Q" + std::string(199, 'x') + "#");
  EXPECT_EQ(cut.size(), 217U);
}

TEST(TermLayout, LongTermsThatDifferAtTheEndStayApartAndValidUtf8) {
  std::set<std::string> terms;
  for (int i = 0; i < 1000; ++i) {
    const std::string term = keyword_term(
        "b", "手" + std::string(i % 3 == 0 ? "" : "a") + std::string(300, 'k') + std::to_string(i));
    EXPECT_TRUE(is_valid_utf8(term));
    terms.insert(term);
  }
  EXPECT_EQ(terms.size(), 1000U);
  std::string wide;
  for (int i = 0; i < 100; ++i) wide += "手";
  EXPECT_TRUE(is_valid_utf8(keyword_term("b", wide)));
  EXPECT_TRUE(is_valid_utf8(keyword_term("bb", wide)));
  EXPECT_TRUE(is_valid_utf8(keyword_term("bbb", wide)));
}

TEST(TermLayout, XapianTakesEveryTermAndFindsItAgain) {
  const test::TemporaryFolder folder;
  Xapian::WritableDatabase database((folder.path() / "shard").string(), Xapian::DB_CREATE);
  for (const std::string& value :
       {std::string(256, 'v'), std::string(256, '\0'), std::string(120, '\0') + "x", std::string(236, 'v')}) {
    const std::string term = keyword_term("b", value);
    Xapian::Document document;
    document.add_boolean_term(term);
    ASSERT_NO_THROW(database.add_document(document));
    ASSERT_NO_THROW(database.commit());
    EXPECT_EQ(database.get_termfreq(term), 1U);
  }
}

TEST(TermLayout, NumberValuesKeepLimits) {
  for (const std::int64_t number :
       {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0}, std::int64_t{1},
        std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(decode_number_value(encode_number_value(number)).value(), number);
  }
  EXPECT_EQ(encode_number_value(0), std::string("\x80\0\0\0\0\0\0\0", 8));
  EXPECT_EQ(decode_number_value("1234567").error().code, ErrorCode::DataLoss);
  EXPECT_EQ(decode_number_value("123456789").error().code, ErrorCode::DataLoss);
}

RC_GTEST_PROP(TermLayout, NumberValuesSortLikeNumbers, (std::int64_t a, std::int64_t b, std::int8_t near)) {
  RC_ASSERT(decode_number_value(encode_number_value(a)).value() == a);
  RC_ASSERT((encode_number_value(a) < encode_number_value(b)) == (a < b));
  const std::int64_t neighbour = a / 2 + near;
  RC_ASSERT((encode_number_value(a / 2) < encode_number_value(neighbour)) == (a / 2 < neighbour));
}

}  // namespace
}  // namespace aisle
