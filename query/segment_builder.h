// Makes a segment out of documents: of a batch of ops, or of a whole shard at start.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/index_context.h"
#include "query/name_numbers.h"
#include "query/segment.h"
#include "schemas/op.h"

namespace aisle {

// One thread. add() copies what it needs; finish() ends the builder's use.
class SegmentBuilder {
 public:
  explicit SegmentBuilder(std::shared_ptr<const IndexContext> context);

  // Each id once.
  void add(const Document& document);
  std::uint32_t size() const { return static_cast<std::uint32_t>(rows_.size()); }
  // Fails only when the folder for stored documents cannot be written.
  Result<std::shared_ptr<const Segment>> finish();

 private:
  struct Occurrence {
    std::uint32_t term = 0;  // in the order of first sight
    std::uint16_t field = 0;
    std::uint8_t frequency = 0;
  };
  // Documents lie one behind the other in the order they came: where the parts of one end.
  struct Row {
    std::size_t id = 0;
    std::size_t stored = 0;
    std::size_t occurrences = 0;
    std::size_t forward = 0;
  };
  struct Keywords {  // of one field
    NameNumbers values;
    std::vector<std::uint32_t> ends;   // by row, into codes
    std::vector<std::uint32_t> codes;  // in the order of first sight
  };

  Row before(std::uint32_t row) const { return row == 0 ? Row{} : rows_[row - 1]; }
  std::string_view id(std::uint32_t row) const {
    return std::string_view(ids_).substr(before(row).id, rows_[row].id - before(row).id);
  }
  void add_text(const FieldTokens& text);
  std::vector<std::uint32_t> groups(std::span<const std::uint32_t> rows) const;
  std::vector<std::uint32_t> order_documents();
  void fill_postings(Segment& segment, const std::vector<std::uint32_t>& place) const;
  void fill_forward(Segment& segment, const std::vector<std::uint32_t>& place) const;
  void fill_columns(Segment& segment) const;
  KeywordColumn keyword_column(const Keywords& keywords) const;

  std::shared_ptr<const IndexContext> context_;
  std::vector<Row> rows_;
  std::vector<std::uint32_t> order_;  // rows by document of the segment
  std::string ids_;
  std::string stored_;
  NameNumbers terms_;
  std::vector<Occurrence> occurrences_;
  std::vector<std::uint32_t> forward_;              // terms of the forward field
  std::vector<std::vector<std::uint8_t>> lengths_;  // by field number, row; empty: not searched
  std::vector<std::vector<std::int64_t>> numbers_;  // by field number, row; empty: no column of numbers
  std::vector<Keywords> keywords_;                  // by field number
};

// Terms whose stem differs from themselves, ordered by (stem, term): Segment::stemmed_terms of one language.
std::vector<TermId> stemmed_terms(const TermDictionary& terms, const Analyzer& analyzer);

}  // namespace aisle
