#include "query/segment_merge.h"

#include <algorithm>
#include <numeric>

#include "query/document_order.h"
#include "query/segment_builder.h"

namespace aisle {
namespace {

// One document of the merged segment: where it comes from.
struct Origin {
  std::uint32_t source = 0;
  std::uint32_t document = 0;
};

class Merge {
 public:
  Merge(std::span<const SegmentView> sources, const IndexContext& context)
      : sources_(sources), context_(context), merged_(std::make_shared<Segment>()), moved_(sources.size()) {}

  Result<MergedSegment> run() {
    order_documents();
    merge_terms();
    const std::vector<Field>& fields = context_.schema->fields;
    merged_->lengths.resize(fields.size());
    merged_->numbers.resize(fields.size());
    merged_->keywords.resize(fields.size());
    for (const Field& field : fields) merge_field(field);
    merge_forward();
    merged_->forms = PostingForms(*merged_);
    StoredDocuments::Builder stored(context_.folder);
    for (const Origin& origin : origins_)
      AISLE_CHECK(stored.add(segment(origin.source).stored.get(origin.document)));
    AISLE_TRY(merged_->stored, stored.finish());
    for (const auto& stemmer : context_.stemmers) {
      merged_->stemmed_terms.push_back(stemmed_terms(merged_->terms, *stemmer));
    }
    return MergedSegment{merged_, std::move(moved_)};
  }

 private:
  const Segment& segment(std::size_t source) const { return *sources_[source].segment; }

  void order_documents() {
    for (std::uint32_t source = 0; source < sources_.size(); ++source) {
      for (std::uint32_t document = 0; document < segment(source).size; ++document) {
        if (!sources_[source].is_deleted(document)) origins_.push_back({source, document});
      }
    }
    const auto id = [&](const Origin& origin) { return segment(origin.source).ids.of(origin.document); };
    std::ranges::sort(origins_, {}, id);
    std::vector<std::uint32_t> by_id = number_documents();
    std::vector<std::string_view> ids;
    ids.reserve(origins_.size());
    for (std::size_t source = 0; source < sources_.size(); ++source) {
      moved_[source].assign(segment(source).size, no_document);
    }
    for (std::uint32_t i = 0; i < origins_.size(); ++i) {
      ids.push_back(id(origins_[i]));
      moved_[origins_[i].source][origins_[i].document] = i;
    }
    merged_->ids = DocumentIds(ids, std::move(by_id));
    merged_->size = static_cast<std::uint32_t>(origins_.size());
  }

  // Of what is sorted by id, the place of its last value among those of the field that groups documents.
  std::vector<std::uint32_t> groups() const {
    std::vector<std::size_t> counts(context_.schema->fields.size());
    for (const SegmentView& source : sources_) {
      for (std::size_t field = 0; field < counts.size(); ++field)
        counts[field] = std::max<std::size_t>(counts[field], source.segment->keywords[field].values().size());
    }
    const int field = grouping_field(*context_.schema, counts);
    if (field < 0) return {};
    const Values values = values_of(static_cast<std::size_t>(field));
    std::vector<std::uint32_t> groups(origins_.size(), KeywordColumn::no_code);
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      segment(origins_[i].source)
          .keywords[static_cast<std::size_t>(field)]
          .each_code(origins_[i].document,
                     [&](std::uint32_t code) { groups[i] = values.place[origins_[i].source][code]; });
    }
    return groups;
  }

  // Puts what is sorted by id in the order of documents; returns these by id.
  std::vector<std::uint32_t> number_documents() {
    std::vector<std::uint8_t> lengths(origins_.size(), 0);
    for (std::size_t i = 0; i < origins_.size() && context_.forward_field >= 0; ++i)
      lengths[i] = segment(origins_[i].source).forward_length(origins_[i].document);
    std::vector<std::uint32_t> by_id = document_numbers(lengths, groups());
    std::vector<Origin> numbered(origins_.size());
    for (std::size_t i = 0; i < origins_.size(); ++i) numbered[by_id[i]] = origins_[i];
    origins_ = std::move(numbered);
    return by_id;
  }

  struct Posting {
    std::uint16_t field;
    std::uint32_t document;
    std::uint8_t frequency;
  };

  // Postings of `term` in all sources, by (field, new document); empty when only deleted documents hold it.
  void collect(std::string_view term, std::vector<Posting>& postings, const std::vector<TermId>& at) const {
    postings.clear();
    for (std::size_t source = 0; source < sources_.size(); ++source) {
      const Segment& from = segment(source);
      if (at[source] >= from.terms.size() || from.terms.term(at[source]) != term) continue;
      for (std::uint32_t list = from.term_lists[at[source]]; list < from.term_lists[at[source] + 1]; ++list) {
        const Postings some = from.postings(list);
        for (std::size_t i = 0; i < some.documents.size(); ++i) {
          const std::uint32_t document = moved_[source][some.documents[i]];
          if (document != no_document) postings.push_back({some.field, document, some.frequencies[i]});
        }
      }
    }
    std::ranges::sort(postings, [](const Posting& a, const Posting& b) {
      return std::pair(a.field, a.document) < std::pair(b.field, b.document);
    });
  }

  void append(const std::vector<Posting>& postings) {
    for (std::size_t i = 0; i < postings.size(); ++i) {
      if (i == 0 || postings[i].field != postings[i - 1].field) {
        merged_->lists.push_back({static_cast<std::uint32_t>(merged_->documents.size()), postings[i].field});
      }
      merged_->documents.push_back(postings[i].document);
      merged_->frequencies.push_back(postings[i].frequency);
    }
    merged_->term_lists.push_back(static_cast<std::uint32_t>(merged_->lists.size()));
  }

  void merge_terms() {
    std::vector<TermId> at(sources_.size(), 0);
    term_moved_.resize(sources_.size());
    for (std::size_t source = 0; source < sources_.size(); ++source) {
      term_moved_[source].assign(segment(source).terms.size(), no_term);
    }
    std::vector<std::string_view> kept;
    std::vector<Posting> postings;
    merged_->term_lists.push_back(0);
    while (true) {
      std::string_view least;
      bool found = false;
      for (std::size_t source = 0; source < sources_.size(); ++source) {
        if (at[source] >= segment(source).terms.size()) continue;
        const std::string_view term = segment(source).terms.term(at[source]);
        if (!found || term < least) least = term;
        found = true;
      }
      if (!found) break;
      collect(least, postings, at);
      for (std::size_t source = 0; source < sources_.size(); ++source) {
        if (at[source] >= segment(source).terms.size() || segment(source).terms.term(at[source]) != least)
          continue;
        if (!postings.empty()) term_moved_[source][at[source]] = static_cast<TermId>(kept.size());
        ++at[source];
      }
      if (postings.empty()) continue;
      kept.push_back(least);
      append(postings);
    }
    merged_->lists.push_back({static_cast<std::uint32_t>(merged_->documents.size()), 0});
    merged_->terms = TermDictionary::build(kept, TermDictionary::Find::Hash);
    merged_->typos = TypoIndex(merged_->terms);
    merged_->documents.shrink_to_fit();
    merged_->frequencies.shrink_to_fit();
    merged_->lists.shrink_to_fit();
  }

  void merge_forward() {
    merged_->forward_field = context_.forward_field;
    if (merged_->forward_field < 0) return;
    const auto& lengths = merged_->lengths[static_cast<std::size_t>(merged_->forward_field)];
    std::vector<TermId> tokens;
    tokens.reserve(std::reduce(lengths.begin(), lengths.end(), std::size_t{0}));
    std::vector<std::uint32_t> long_ends;
    for (std::size_t i = 0; i < origins_.size(); ++i) {
      for (const TermId term : segment(origins_[i].source).forward_tokens(origins_[i].document))
        tokens.push_back(term_moved_[origins_[i].source][term]);
      if (lengths[i] == ForwardTokens::length_max)
        long_ends.push_back(static_cast<std::uint32_t>(tokens.size()));
    }
    merged_->forward = ForwardTokens(std::move(tokens), lengths, std::move(long_ends));
  }

  void merge_field(const Field& field) {
    if (field.search) {
      std::vector<std::uint8_t>& lengths = merged_->lengths[field.number];
      lengths.reserve(origins_.size());
      for (const Origin& origin : origins_)
        lengths.push_back(segment(origin.source).lengths[field.number][origin.document]);
    }
    if (!field.has_column()) return;
    if (field.is_number()) {
      std::vector<std::int64_t> numbers;
      numbers.reserve(origins_.size());
      for (const Origin& origin : origins_) {
        numbers.push_back(sources_[origin.source].numbers(field.number).get(origin.document));
      }
      merged_->numbers[field.number] = NumberColumn::build(numbers);
    } else {
      merge_keywords(field.number);
    }
  }

  // The values of a keyword field of all sources.
  struct Values {
    TermDictionary dictionary;
    std::vector<std::vector<std::uint32_t>> place;  // by source and code
  };
  Values values_of(std::size_t field) const {
    std::vector<std::string_view> values;
    for (std::size_t source = 0; source < sources_.size(); ++source) {
      const TermDictionary& some = segment(source).keywords[field].values();
      for (TermId id = 0; id < some.size(); ++id) values.push_back(some.term(id));
    }
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    Values united{TermDictionary::build(values), std::vector<std::vector<std::uint32_t>>(sources_.size())};
    for (std::size_t source = 0; source < sources_.size(); ++source) {
      const TermDictionary& some = segment(source).keywords[field].values();
      for (TermId id = 0; id < some.size(); ++id)
        united.place[source].push_back(united.dictionary.find(some.term(id)));
    }
    return united;
  }

  void merge_keywords(std::uint16_t field) {
    Values values = values_of(field);
    std::vector<std::uint32_t> offsets = {0};
    std::vector<std::uint32_t> codes;
    for (const Origin& origin : origins_) {
      segment(origin.source).keywords[field].each_code(origin.document, [&](std::uint32_t code) {
        codes.push_back(values.place[origin.source][code]);
      });
      offsets.push_back(static_cast<std::uint32_t>(codes.size()));
    }
    merged_->keywords[field] =
        KeywordColumn::build(std::move(offsets), std::move(codes), std::move(values.dictionary));
  }

  std::span<const SegmentView> sources_;
  const IndexContext& context_;
  std::shared_ptr<Segment> merged_;
  std::vector<std::vector<std::uint32_t>> moved_;
  std::vector<std::vector<TermId>> term_moved_;
  std::vector<Origin> origins_;
};

}  // namespace

Result<MergedSegment> merge_segments(std::span<const SegmentView> sources, const IndexContext& context) {
  return Merge(sources, context).run();
}

}  // namespace aisle
