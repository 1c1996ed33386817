// A piece of the image that never changes: I have a term, which documents hold it, how often and in which
// field? Documents are numbered 0.. as document_order.h says.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/bitmap.h"
#include "query/document_ids.h"
#include "query/forward_tokens.h"
#include "query/keyword_column.h"
#include "query/number_column.h"
#include "query/posting_forms.h"
#include "query/prefetch.h"
#include "query/stored_documents.h"
#include "query/term_dictionary.h"
#include "query/typo_walk.h"
#include "schemas/index_schema.h"

namespace aisle {

// The documents that hold one term in one field.
struct Postings {
  std::uint16_t field = 0;
  std::span<const std::uint32_t> documents;   // ascending
  std::span<const std::uint8_t> frequencies;  // occurrences, 255 at the most
};

// Immutable; share freely. Built by SegmentBuilder or merge_segments().
struct Segment {
  struct List {
    std::uint32_t begin = 0;  // into documents and frequencies; ends where the next list begins
    std::uint16_t field = 0;
  };

  std::uint32_t size = 0;  // documents, deleted ones included
  DocumentIds ids;
  TermDictionary terms;
  TypoIndex typos;                        // of terms
  std::vector<std::uint32_t> term_lists;  // lists of term t: [term_lists[t], term_lists[t + 1])
  std::vector<List> lists;                // one more than there are, as an end
  std::vector<std::uint32_t> documents;
  std::vector<std::uint8_t> frequencies;
  PostingForms forms;                              // of the lists above
  std::vector<std::vector<TermId>> stemmed_terms;  // by stem language of the schema: terms that differ from
                                                   // their stem, ordered by (stem, term)
  std::vector<std::vector<std::uint8_t>>
      lengths;             // by field number; base tokens, 255 at the most; empty: not searched
  int forward_field = -1;  // the field whose tokens are kept in order; -1: none
  ForwardTokens forward;
  std::vector<NumberColumn> numbers;    // by field number; volatile ones hold the values at building
  std::vector<KeywordColumn> keywords;  // by field number; empty where the field has none
  StoredDocuments stored;

  Postings postings(std::uint32_t list) const {
    const std::uint32_t begin = lists[list].begin;
    const std::uint32_t count = lists[list + 1].begin - begin;
    return {lists[list].field, std::span(documents).subspan(begin, count),
            std::span(frequencies).subspan(begin, count)};
  }
  std::span<const TermId> forward_tokens(std::uint32_t document) const {
    return forward.of(document, forward_length(document));
  }
  // Ahead of forward.of() the same.
  void prefetch_forward(std::uint32_t document, std::uint8_t length) const {
    const auto tokens = forward.of(document, length);
    prefetch(tokens.data());
    prefetch(tokens.data() + tokens.size());
  }
  // 0 without a forward field.
  std::uint8_t forward_length(std::uint32_t document) const {
    if (forward_field < 0) return 0;
    return lengths[static_cast<std::size_t>(forward_field)][document];
  }
};

// Memory of one segment by part, in bytes.
struct SegmentBytes {
  std::size_t ids = 0, terms = 0, postings = 0, lengths = 0, forward = 0, columns = 0, stored_memory = 0,
              stored_file = 0;
  std::size_t memory() const { return ids + terms + postings + lengths + forward + columns + stored_memory; }
};
SegmentBytes bytes_of(const Segment& segment);

// What queries see of a segment: its volatile columns and which documents are gone.
struct SegmentView {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const Bitmap> deleted;  // null: none
  std::uint32_t live = 0;
  std::vector<std::shared_ptr<const NumberColumn>>
      changed;  // by field number; null: the segment's own column

  bool is_deleted(std::uint32_t document) const { return deleted && deleted->test(document); }
  const NumberColumn& numbers(std::uint16_t field) const {
    return field < changed.size() && changed[field] ? *changed[field] : segment->numbers[field];
  }
};

// The languages whose stems segments index, in the order of Segment::stemmed_terms.
std::vector<std::string> stem_languages(const IndexSchema& schema);
// Number of the text field whose tokens are kept in order (the heaviest, then the first), -1 when there is
// none.
int forward_field(const IndexSchema& schema);

}  // namespace aisle
