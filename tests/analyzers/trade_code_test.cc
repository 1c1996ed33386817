#include "analyzers/trade_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace aisle {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(TradeCode, IsToldByLengthAndDigits) {
  EXPECT_EQ(trade_code_type("96385074"), "EAN-8");
  EXPECT_EQ(trade_code_type("036000291452"), "UPC-12");
  EXPECT_EQ(trade_code_type("4006381333931"), "EAN-13");
  EXPECT_EQ(trade_code_type("9780306406157"), "ISBN-13");
  EXPECT_EQ(trade_code_type("00036000291452"), "GTIN-14");
  EXPECT_EQ(trade_code_type("0306406152"), "ISBN-10");
  EXPECT_EQ(trade_code_type("080442957x"), "ISBN-10");
  for (const char* other :
       {"", "1234567", "123456789", "40063813339", "400638133393a", "x804429570", "kdl40w600b"})
    EXPECT_FALSE(trade_code_type(other)) << other;
}

TEST(TradeCode, IsProvedByItsCheckDigit) {
  for (const char* right : {"96385074", "036000291452", "4006381333931", "9780306406157", "00036000291452",
                            "10036000291459", "0306406152", "080442957x"})
    EXPECT_TRUE(has_right_check_digit(right)) << right;
  for (const char* wrong : {"96385075", "036000291453", "4006381333932", "9780306406158", "0306406153",
                            "0804429570", "40063813339", ""})
    EXPECT_FALSE(has_right_check_digit(wrong)) << wrong;
}

TEST(TradeCode, IsTheSameWithLeadingZeros) {
  EXPECT_THAT(same_trade_codes("036000291452"), UnorderedElementsAre("0036000291452", "00036000291452"));
  EXPECT_THAT(same_trade_codes("0036000291452"), UnorderedElementsAre("036000291452", "00036000291452"));
  EXPECT_THAT(same_trade_codes("96385074"),
              UnorderedElementsAre("000096385074", "0000096385074", "00000096385074"));
  EXPECT_THAT(same_trade_codes("4006381333931"), ElementsAre("04006381333931"));
  EXPECT_THAT(same_trade_codes("4006381333932"), IsEmpty()) << "a wrong check digit proves nothing";
}

TEST(TradeCode, OfAPackageLeadsToWhatIsPackedAndNotBack) {
  EXPECT_THAT(same_trade_codes("10036000291459"),
              UnorderedElementsAre("036000291452", "0036000291452", "00036000291452"));
  EXPECT_THAT(same_trade_codes("036000291452"), testing::Not(Contains("10036000291459")));
  EXPECT_THAT(same_trade_codes("90036000291455"), IsEmpty()) << "sold by measure";
}

TEST(TradeCode, OfABookHasTenOrThirteenDigits) {
  EXPECT_THAT(same_trade_codes("0306406152"), UnorderedElementsAre("9780306406157", "09780306406157"));
  EXPECT_THAT(same_trade_codes("9780306406157"), UnorderedElementsAre("0306406152", "09780306406157"));
  EXPECT_THAT(same_trade_codes("080442957x"), Contains("9780804429573"));
  EXPECT_THAT(same_trade_codes("9780804429573"), Contains("080442957x"));
}

TEST(TradeCode, WithASlipHasNearOnes) {
  EXPECT_THAT(near_trade_codes("4006381333932"), Contains("4006381333931"));
  EXPECT_THAT(near_trade_codes("4006381339331"), Contains("4006381333931")) << "swapped";
  EXPECT_THAT(near_trade_codes("4006381333931"), IsEmpty()) << "it is right";
  EXPECT_THAT(near_trade_codes("kdl40w600b"), IsEmpty());
}

std::string right_code(std::size_t size) {
  std::string code;
  while (code.size() + 1 < size) code += *rc::gen::inRange('0', static_cast<char>('9' + 1));
  for (const char last : std::string("0123456789x")) {
    if (has_right_check_digit(code + last)) return code + last;
  }
  return "";
}

RC_GTEST_PROP(TradeCodeProperty, SameCodesAreRightAndKnowEachOther, ()) {
  const std::string code = right_code(*rc::gen::element<std::size_t>(8, 10, 12, 13));
  for (const std::string& same : same_trade_codes(code)) {
    RC_ASSERT(has_right_check_digit(same));
    const std::vector<std::string> back = same_trade_codes(same);
    RC_ASSERT(std::find(back.begin(), back.end(), code) != back.end());
  }
}

RC_GTEST_PROP(TradeCodeProperty, AnyWrongDigitIsSeenAndUndone, ()) {
  const std::string code = right_code(*rc::gen::element<std::size_t>(8, 10, 12, 13, 14));
  std::string wrong = code;
  const auto at = *rc::gen::inRange<std::size_t>(0, code.size() - 1);
  wrong[at] = static_cast<char>('0' + (wrong[at] - '0' + *rc::gen::inRange(1, 10)) % 10);
  RC_ASSERT(!has_right_check_digit(wrong));
  const std::vector<std::string> near = near_trade_codes(wrong);
  RC_ASSERT(std::find(near.begin(), near.end(), code) != near.end());
  for (const std::string& some : near) RC_ASSERT(has_right_check_digit(some));
}

}  // namespace
}  // namespace aisle
