// Values that the query names: "samsung tv" asks for the brand Samsung and for the category TV, whatever else
// these words may mean.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "query/matcher.h"
#include "query/prepared_segment.h"
#include "query/score_basis.h"
#include "query/search_result.h"

namespace aisle {

// Of a reading in one segment: the values whose name (query/value_names.h) stands in it, word by word as typed
// or in another form, stop words aside. Whether a product has such a value depends on it and the
// reading alone, so all shards agree. Borrows all it is given. One thread.
//
//   points = near * named percent * fields in which the product has a value that the query names
class NamedValues {
 public:
  NamedValues(const ScoreBasis& basis, const Reading& reading, const ReadingPostings& positions,
              const std::shared_ptr<const Segment>& segment);

  // What a document gains whose words and title have earned `near`; rounded down.
  std::int64_t points(std::uint32_t document, std::int64_t near) const {
    return fields_.empty() ? 0 : near * percent_ * fields_of(document) / 100;
  }
  // No document gains a larger share of `near`, in percent; none at all gains that is not in documents().
  int most_percent() const { return percent_ * static_cast<int>(fields_.size()); }
  // Of the segment, so it lives no longer than that.
  DocumentSet documents() const;
  // The parts that points() consists of.
  void explain(std::uint32_t document, std::int64_t near, std::vector<ScorePart>& parts) const;

 private:
  struct Value {
    std::uint32_t code = 0;
    std::string words;  // of the query
  };
  struct NamedField {
    std::uint16_t field = 0;
    std::vector<Value> values;  // by code, each once
  };

  void add(std::uint16_t field, std::uint32_t code, std::string words);
  // Of those of the field, the one with the least code that the document has; null: none.
  const Value* value_of(const NamedField& named, std::uint32_t document) const;
  std::int64_t fields_of(std::uint32_t document) const;

  const IndexSchema& schema_;
  const Segment& segment_;
  std::shared_ptr<const PreparedSegment> prepared_;
  int percent_ = 0;
  std::vector<NamedField> fields_;  // by number, each with a value
};

}  // namespace aisle
