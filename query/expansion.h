// Words, and the terms that the shards' dictionaries hold for them: all a planner knows of the shards. What
// several shards answer is united and ranked again, so that the shards' number changes nothing.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.h"
#include "base/error.h"
#include "query/frequent_beginnings.h"
#include "query/index_context.h"
#include "query/segment.h"
#include "query/statistics.h"
#include "query/typo_lengths.h"
#include "query/view.h"

namespace aisle {

enum class ExpandKind : std::uint8_t {
  Written,         // does any product hold the word itself?
  Forms,           // terms with its stem
  Pairs,           // two terms that make the word and that some product has next to each other: "wall mount"
  Beginnings,      // terms that begin with the word
  Typos,           // terms within the typos the word is allowed
  TypoBeginnings,  // the same, where the word may be the misspelt beginning of the term
  Followers,       // terms that stand behind the word in titles
  Codes,           // codes that hold the word, a part of a code, somewhere: query/code_infix.h
};

struct WordAsk {
  std::string word;
  ExpandKind kind = ExpandKind::Written;
  friend auto operator<=>(const WordAsk&, const WordAsk&) = default;
};

struct ExpandRequest {
  std::vector<WordAsk> asks;
  std::size_t beginnings_max = 0;  // terms kept of Beginnings, Followers, Codes: most frequent, then by term
  std::size_t typos_max = 0;       // of Typos: fewest edits, then most frequent, then by term
  TypoLengths typo_lengths{};      // edits allowed
};

struct FoundTerm {
  std::string term;
  std::uint8_t number = 0;  // Forms: which stemmer of the context; typos: edits; else 0
  TermId known = no_term;   // in the statistics, where that was found out; not sent to other nodes
  friend bool operator==(const FoundTerm& a, const FoundTerm& b) {
    return a.term == b.term && a.number == b.number;
  }
};

// Answer to one ask. Terms of deleted products alone are in none.
struct WordExpansion {
  bool written = false;                    // Written: some product holds the word
  std::vector<FoundTerm> terms;            // Forms: by stemmer, then term; Pairs: by term; else best first
  std::uint32_t beginning = no_beginning;  // Beginnings: that of the statistics; neither sent nor compared
  friend bool operator==(const WordExpansion& a, const WordExpansion& b) {
    return a.written == b.written && a.terms == b.terms;
  }
};

// One answer an ask, in their order. DeadlineExceeded between two segments of an ask.
Result<std::vector<WordExpansion>> expand(const ExpandRequest& request, const View& view,
                                          std::span<const SegmentView* const> segments, Deadline deadline);

// Unites what other shards answered to the same request. Both have one answer an ask.
void merge_expansions(const ExpandRequest& request, const Statistics& statistics,
                      std::vector<WordExpansion>& into, std::vector<WordExpansion> more);

// What was asked so far. One thread.
class Expansions {
 public:
  // The answer, or an empty one while the ask is noted as missing.
  const WordExpansion& find(const std::string& word, ExpandKind kind);
  // Asks that find() had no answer for since the last call, each once.
  std::vector<WordAsk> take_missing();
  void add(WordAsk ask, WordExpansion expansion) { known_[std::move(ask)] = std::move(expansion); }

 private:
  std::map<WordAsk, WordExpansion> known_;
  std::vector<WordAsk> missing_;
};

// Terms of deleted documents stay until a merge. They must neither take the places of others nor count, since
// replicas merge at different times.
bool has_live(const SegmentView& view, std::uint32_t list);

bool has_digit(std::string_view word);

}  // namespace aisle
