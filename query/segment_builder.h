// Makes a segment out of documents: of a batch of ops, or of a whole shard at start.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "query/index_context.h"
#include "query/segment.h"
#include "schemas/op.h"

namespace aisle {

// One thread. add() copies what it needs; finish() ends the builder's use.
class SegmentBuilder {
 public:
  explicit SegmentBuilder(std::shared_ptr<const IndexContext> context);

  // Each id once.
  void add(const Document& document);
  std::uint32_t size() const { return static_cast<std::uint32_t>(documents_.size()); }
  // Fails only when the folder for stored documents cannot be written.
  Result<std::shared_ptr<const Segment>> finish();

 private:
  struct Occurrence {
    std::uint32_t term = 0;  // in the order of first sight
    std::uint16_t field = 0;
    std::uint8_t frequency = 0;
  };
  struct Added {
    std::string id;
    std::string stored;
    std::vector<Occurrence> occurrences;
    std::vector<std::uint32_t> forward;  // terms of the forward field
    std::vector<std::pair<std::uint16_t, std::uint8_t>> lengths;
    std::vector<NumberCell> numbers;
    std::vector<std::pair<std::uint16_t, std::vector<std::uint32_t>>>
        keywords;  // codes in the order of first sight
  };
  using Names = std::unordered_map<std::string, std::uint32_t>;

  static std::uint32_t number_of(Names& names, const std::string& name);
  // Sorts the names: the dictionary, and by number of first sight the place in it.
  static std::pair<TermDictionary, std::vector<std::uint32_t>> sorted(const Names& names);
  void add_text(const FieldTokens& text, Added& added);
  void fill_postings(Segment& segment, const std::vector<std::uint32_t>& place) const;
  void fill_columns(Segment& segment) const;

  std::shared_ptr<const IndexContext> context_;
  Names terms_;
  std::vector<Names> values_;  // by field number
  std::vector<Added> documents_;
};

// Terms whose stem differs from themselves, ordered by (stem, term): Segment::stemmed_terms of one language.
std::vector<TermId> stemmed_terms(const TermDictionary& terms, const Analyzer& analyzer);

}  // namespace aisle
