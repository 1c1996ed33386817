#include "query/common_documents.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "query/document_ids.h"
#include "tests/support/random.h"

namespace aisle {
namespace {

using List = std::vector<std::uint32_t>;

// As a list, as bits, or as both, which live as long as this.
struct Form {
  Form(const List& all, std::uint32_t size, std::uint64_t form) : list(all), bits(size) {
    for (const std::uint32_t document : all) bits.set(document);
    set = form == 0   ? DocumentSet::borrow(list, nullptr)
          : form == 1 ? DocumentSet(bits)
                      : DocumentSet::borrow(list, &bits);
  }
  Form(const Form&) = delete;
  Form& operator=(const Form&) = delete;

  List list;
  Bitmap bits;
  DocumentSet set;
};

TEST(CommonDocuments, AreThoseOfAllSetsInEachRange) {
  const test::Seeds all = test::seeds(300);
  std::size_t found = 0;
  for (std::uint64_t seed = all.first; seed != all.first + all.count; ++seed) {
    SCOPED_TRACE(test::Seeds::trace(seed));
    test::Random random(seed);
    const auto size = static_cast<std::uint32_t>(1 + random.below(300));
    std::vector<std::unique_ptr<Form>> forms;
    CommonDocuments common;
    List wanted(size);
    for (std::uint32_t i = 0; i < size; ++i) wanted[i] = i;
    for (std::uint64_t sets = 1 + random.below(CommonDocuments::sets_max); sets > 0; --sets) {
      const std::uint64_t rarity = 1 + random.below(sets == 1 ? 40 : 3);
      List list;
      for (std::uint32_t i = 0; i < size; ++i) {
        if (random.below(rarity) == 0) list.push_back(i);
      }
      std::erase_if(wanted, [&](std::uint32_t some) { return !std::ranges::binary_search(list, some); });
      forms.push_back(std::make_unique<Form>(list, size, random.below(3)));
      common.add(forms.back()->set);
    }
    for (std::uint32_t begin = 0; begin < size;) {
      const std::uint32_t end = std::min(size, begin + static_cast<std::uint32_t>(random.below(90)));
      const auto first = std::ranges::lower_bound(wanted, begin);
      EXPECT_LE(common.next(begin), first == wanted.end() ? no_document : *first);
      EXPECT_GE(common.next(begin), begin);
      const List in_range(first, std::ranges::lower_bound(wanted, end));
      const auto stop = static_cast<std::uint32_t>(random.below(2) == 0 ? size : begin + random.below(60));
      const auto parts = static_cast<std::uint32_t>(1 + random.below(3));
      List seen;
      const auto asked = [&](std::uint32_t document) {
        using Wanted = CommonDocuments::Wanted;
        EXPECT_TRUE(begin <= document && document < end);
        return document >= stop ? Wanted::NoMore : document % parts == 0 ? Wanted::Yes : Wanted::No;
      };
      common.each(begin, end, asked, [&](std::uint32_t document) { seen.push_back(document); });
      List expected = in_range;
      std::erase_if(expected, [&](std::uint32_t some) { return some >= stop || some % parts != 0; });
      EXPECT_EQ(seen, expected);
      found += seen.size();
      begin = end + static_cast<std::uint32_t>(random.below(20));
    }
  }
  EXPECT_GT(found, all.count);
}

}  // namespace
}  // namespace aisle
