// The values of facets as a query says them: "samsung", "black decker" of "Black & Decker". A level of a
// hierarchy is named by itself: "tv" of "Electronics > TV".
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "query/document_set.h"
#include "query/index_context.h"
#include "query/segment.h"

namespace aisle {

// Whether a query may name its values: a keyword or hierarchy that is both searched and a facet.
bool has_names(const Field& field);

// Of one segment, which it borrows. Immutable.
class ValueNames {
 public:
  static constexpr std::size_t words_max = 5;  // of a name; longer values have none

  struct Name {
    std::uint32_t code = 0;           // of the value, in its column
    std::uint8_t place = 0;           // of the term it is looked up by, among its words
    std::span<const TermId> words{};  // as a query has them, without stop words; not empty
  };

  ValueNames(const Segment& segment, const IndexContext& context);

  // Calls see(name) for those of the field that are looked up by the term, the rarest of their words.
  template <class See>
  void each(std::uint16_t field, TermId term, const See& see) const {
    const std::vector<Entry>& entries = fields_[field].entries;
    for (std::size_t i = first(entries, term); i < entries.size() && entries[i].key == term; ++i) {
      const Entry& entry = entries[i];
      see(Name{entry.code, entry.place, std::span(words_).subspan(entry.begin, entry.count)});
    }
  }
  // Documents of the segment with a value that has a name.
  DocumentSet documents(std::uint16_t field, std::uint32_t code) const;
  std::size_t bytes() const;

 private:
  struct Entry {
    TermId key = no_term;
    std::uint32_t code = 0;
    std::uint32_t begin = 0;  // of its words
    std::uint8_t count = 0;
    std::uint8_t place = 0;
  };
  struct Common {
    std::uint32_t code = 0;
    DocumentSet documents;
  };
  struct FieldNames {
    std::vector<Entry> entries;   // by key, then code
    std::vector<Common> commons;  // by code: values that the column has no list for
  };
  void add_names(const Field& field, const Segment& segment, const Analyzer& analyzer);
  static void add_commons(const KeywordColumn& column, std::span<const std::uint32_t> codes,
                          FieldNames& names);
  static std::size_t first(const std::vector<Entry>& entries, TermId term);

  const Segment& segment_;
  std::vector<FieldNames> fields_;  // by field number
  std::vector<TermId> words_;
};

}  // namespace aisle
