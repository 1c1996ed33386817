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
      const std::size_t stop = random.below(2) == 0 ? size : random.below(5);
      List seen;
      common.each(begin, end, [&](std::uint32_t document) {
        seen.push_back(document);
        return seen.size() <= stop;
      });
      const std::size_t most = std::min(in_range.size(), stop + 1);
      EXPECT_EQ(seen, List(in_range.begin(), in_range.begin() + static_cast<std::ptrdiff_t>(most)));
      found += seen.size();
      begin = end + static_cast<std::uint32_t>(random.below(20));
    }
  }
  EXPECT_GT(found, all.count);
}

}  // namespace
}  // namespace aisle
