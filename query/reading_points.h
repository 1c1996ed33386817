// The points of one reading for documents of one segment, read off the groups that match() filled in: of many
// documents few are asked.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "query/matcher.h"
#include "query/score_basis.h"
#include "query/text_score.h"

namespace aisle {

// Borrows everything. One thread.
class ReadingPoints {
 public:
  using Repeats = std::span<const PostingForms::Repeat>;

  // Of the plan's reading number `reading`; `postings` have their documents (match()).
  ReadingPoints(const ScoreBasis& basis, const PlanPostings& postings, std::size_t reading,
                const Segment& segment);

  // Of a document that matches the plan; `length`: Segment::forward_length(), `repeats`: what it repeats.
  // Quickest for ascending documents.
  TextPoints of(std::uint32_t document, std::uint8_t length, Repeats repeats);
  // Tells one list of the segment apart from the others, in most(); without it none is.
  void note(std::uint32_t list);
  // How often a document has the term of the list that was noted, and each other one, at the most.
  struct Frequencies {
    std::uint8_t noted = 1;
    std::uint8_t others = 1;
  };
  // No document with so many tokens in the forward field has more points; unless `outstanding`, none that is not
  // in add_outstanding() either.
  std::int64_t most(std::uint8_t length, Frequencies frequencies, bool outstanding) const;
  // Adds the documents whose terms are worth more than those that most documents have: of a word that is
  // rarer than what it begins, say.
  void add_outstanding(std::vector<DocumentSet>& sets) const;
  // Calls see(list, documents) for each list whose term some documents hold twice or, with `often`, more than
  // twice.
  template <class See>
  void each_repeating(bool often, const See& see) const {
    for (const PositionGroups& position : positions_) {
      for (const auto& source : position.postings->sources) {
        const auto documents = segment_.forms.repeating(source.list, often);
        if (!documents.empty()) see(source.list, documents);
      }
    }
  }

 private:
  struct Group {
    const PositionPostings::Group* from = nullptr;
    std::uint16_t field = 0;
    std::uint64_t factor = 0;
    std::uint8_t typos = 0;
    std::uint8_t distance = 0;
    bool ends_field = false;
    bool outstanding = false;
    bool noted = false;                // the list that was noted is among its own
    std::size_t at = 0;                // in the documents' list, not before the last one asked for
    std::vector<std::uint32_t> lists;  // ascending; empty until asked for
  };
  struct PositionGroups {
    const Position* asked = nullptr;
    const PositionPostings* postings = nullptr;
    std::vector<Group> groups;
    bool sure = false;  // there is one group, which every document has
  };

  static void mark_outstanding(std::span<Group> field);
  static bool holds(Group& group, std::uint32_t document);
  static std::uint8_t frequency(const PositionPostings& position, Group& group, Repeats repeats);

  const Segment& segment_;
  const Statistics& statistics_;
  const std::uint8_t distance_;  // of the reading
  std::vector<PositionGroups> positions_;
};

}  // namespace aisle
