#include "analyzers/derivation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

TEST(DerivedWords, GoFromTheThingToWhatItDoesAndBack) {
  EXPECT_THAT(derived_words("nail", "en"), Contains("nailer"));
  EXPECT_THAT(derived_words("nailers", "en"), Contains("nail"));
  EXPECT_THAT(derived_words("trim", "en"), Contains("trimmer"));
  EXPECT_THAT(derived_words("trimmer", "en"), Contains("trim"));
  EXPECT_THAT(derived_words("slice", "en"), Contains("slicer"));
  EXPECT_THAT(derived_words("slicer", "en"), Contains("slice"));
  EXPECT_THAT(derived_words("lock", "en"), Contains("lockable"));
  EXPECT_THAT(derived_words("water", "en"), Not(Contains("wat")));
}

TEST(DerivedWords, LeadBackFromWhereTheyCame) {
  for (const std::string word : {"nail", "trim", "slice", "lock", "mount", "insulate", "polish"}) {
    for (const std::string& other : derived_words(word, "en"))
      EXPECT_THAT(derived_words(other, "en"), Contains(word)) << other;
  }
}

TEST(DerivedWords, AreNoneOfShortWordsCodesAndOtherLanguages) {
  EXPECT_THAT(derived_words("tv", "en"), IsEmpty());
  EXPECT_THAT(derived_words("kdl40", "en"), IsEmpty());
  EXPECT_THAT(derived_words("nagel", "de"), IsEmpty());
  EXPECT_THAT(derived_words("", "en"), IsEmpty());
  EXPECT_THAT(derived_words("s", "en"), IsEmpty());
}

}  // namespace
}  // namespace aisle
