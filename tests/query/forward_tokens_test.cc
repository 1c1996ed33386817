#include "query/forward_tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace aisle {
namespace {

TEST(ForwardTokens, GiveEachDocumentItsTokensWithoutSayingWhereTheyBegin) {
  const std::vector<std::size_t> counts = {0, 0, 1, 3, 3, 254, 255, 300, 256};
  std::vector<std::uint8_t> lengths;
  std::vector<std::uint32_t> long_ends;
  std::vector<TermId> tokens;
  for (const std::size_t count : counts) {
    for (std::size_t i = 0; i < count; ++i) tokens.push_back(static_cast<TermId>(tokens.size()));
    lengths.push_back(static_cast<std::uint8_t>(std::min(count, ForwardTokens::length_max)));
    if (count >= ForwardTokens::length_max) long_ends.push_back(static_cast<std::uint32_t>(tokens.size()));
  }
  const ForwardTokens forward(tokens, lengths, long_ends);
  TermId next = 0;
  for (std::uint32_t document = 0; document < counts.size(); ++document) {
    const auto found = forward.of(document, lengths[document]);
    ASSERT_EQ(found.size(), counts[document]) << document;
    EXPECT_EQ(forward.place(document, lengths[document]), next);
    EXPECT_EQ(forward.first_mark(document), found.empty() ? 0 : ForwardTokens::mark_of(next));
    for (const TermId token : found) ASSERT_EQ(token, next++);
  }
  EXPECT_EQ(next, tokens.size());
  EXPECT_EQ(forward.long_ends(), long_ends);
  EXPECT_EQ(forward.first_of(0), 0U);
  EXPECT_EQ(forward.first_of(1), 2U);
  EXPECT_EQ(forward.first_of(2), 3U);
  EXPECT_EQ(forward.first_of(4), 5U);
  EXPECT_EQ(forward.first_of(255), 6U);
  EXPECT_EQ(forward.first_of(256), 9U);
  EXPECT_TRUE(ForwardTokens().long_ends().empty());
}

}  // namespace
}  // namespace aisle
