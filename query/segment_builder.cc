#include "query/segment_builder.h"

#include <algorithm>
#include <numeric>
#include <ranges>

#include "query/document_order.h"

namespace aisle {

SegmentBuilder::SegmentBuilder(std::shared_ptr<const IndexContext> context)
    : context_(std::move(context)),
      lengths_(context_->schema->fields.size()),
      numbers_(context_->schema->fields.size()),
      keywords_(context_->schema->fields.size()) {}

// A row of occurrences for each term of the field, in the order of the terms' numbers.
void SegmentBuilder::add_text(const FieldTokens& text) {
  const auto first = static_cast<std::ptrdiff_t>(occurrences_.size());
  std::uint32_t length = 0;
  for (const IndexToken& token : text.tokens) {
    const std::uint32_t term = terms_.number_of(token.term);
    occurrences_.push_back({term, text.field, 1});
    if (!token.base) continue;
    ++length;
    if (text.field == context_->forward_field) forward_.push_back(term);
  }
  lengths_[text.field].back() = static_cast<std::uint8_t>(std::min<std::uint32_t>(length, 255));
  const auto begin = occurrences_.begin() + first;
  std::sort(begin, occurrences_.end(), [](const auto& a, const auto& b) { return a.term < b.term; });
  auto kept = begin;
  for (auto at = begin; at != occurrences_.end(); ++at) {
    if (kept != begin && std::prev(kept)->term == at->term) {
      std::uint8_t& frequency = std::prev(kept)->frequency;
      if (frequency < 255) ++frequency;
    } else {
      *kept++ = *at;
    }
  }
  occurrences_.erase(kept, occurrences_.end());
}

void SegmentBuilder::add(const Document& document) {
  for (const Field& field : context_->schema->fields) {
    if (field.search) lengths_[field.number].push_back(0);
    if (field.has_column() && field.is_number()) numbers_[field.number].push_back(missing_number);
  }
  for (const FieldTokens& text : document.texts) add_text(text);
  for (const NumberCell& cell : document.numbers) {
    if (!numbers_[cell.field].empty()) numbers_[cell.field].back() = cell.value;
  }
  for (const KeywordCell& cell : document.keywords) {
    Keywords& keywords = keywords_[cell.field];
    keywords.ends.resize(rows_.size(), static_cast<std::uint32_t>(keywords.codes.size()));
    for (const std::string& value : cell.values) keywords.codes.push_back(keywords.values.number_of(value));
    keywords.ends.push_back(static_cast<std::uint32_t>(keywords.codes.size()));
  }
  ids_ += document.id;
  stored_ += document.stored;
  rows_.push_back({ids_.size(), stored_.size(), occurrences_.size(), forward_.size()});
}

// Two passes over the documents in their final order: count each term, then place. Inside a term the fields
// come one after the other.
void SegmentBuilder::fill_postings(Segment& segment, const std::vector<std::uint32_t>& place) const {
  struct Posting {
    std::uint32_t document = 0;
    std::uint16_t field = 0;
    std::uint8_t frequency = 0;
  };
  std::vector<std::uint32_t> ends(segment.terms.size() + 1, 0);
  for (const Occurrence& occurrence : occurrences_) ++ends[place[occurrence.term] + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  std::vector<std::uint32_t> next(ends.begin(), std::prev(ends.end()));
  std::vector<Posting> postings(occurrences_.size());
  for (std::uint32_t document = 0; document < order_.size(); ++document) {
    const std::uint32_t row = order_[document];
    for (std::size_t i = before(row).occurrences; i < rows_[row].occurrences; ++i) {
      const Occurrence& occurrence = occurrences_[i];
      postings[next[place[occurrence.term]]++] = {document, occurrence.field, occurrence.frequency};
    }
  }
  segment.documents.reserve(postings.size());
  segment.frequencies.reserve(postings.size());
  segment.term_lists.reserve(segment.terms.size() + 1);
  segment.term_lists.push_back(0);
  for (TermId term = 0; term < segment.terms.size(); ++term) {
    const auto of_term = std::span(postings).subspan(ends[term], ends[term + 1] - ends[term]);
    const auto by_field = [](const Posting& a, const Posting& b) { return a.field < b.field; };
    if (!std::ranges::is_sorted(of_term, by_field)) std::ranges::stable_sort(of_term, by_field);
    for (std::size_t i = 0; i < of_term.size(); ++i) {
      if (i == 0 || of_term[i].field != of_term[i - 1].field)
        segment.lists.push_back({static_cast<std::uint32_t>(segment.documents.size()), of_term[i].field});
      segment.documents.push_back(of_term[i].document);
      segment.frequencies.push_back(of_term[i].frequency);
    }
    segment.term_lists.push_back(static_cast<std::uint32_t>(segment.lists.size()));
  }
  segment.lists.push_back({static_cast<std::uint32_t>(segment.documents.size()), 0});
  segment.lists.shrink_to_fit();
}

void SegmentBuilder::fill_forward(Segment& segment, const std::vector<std::uint32_t>& place) const {
  segment.forward_field = context_->forward_field;
  if (segment.forward_field < 0) return;
  std::vector<TermId> tokens;
  tokens.reserve(forward_.size());
  std::vector<std::uint32_t> long_ends;
  const std::vector<std::uint8_t>& lengths = lengths_[static_cast<std::size_t>(segment.forward_field)];
  for (const std::uint32_t row : order_) {
    for (std::size_t i = before(row).forward; i < rows_[row].forward; ++i)
      tokens.push_back(place[forward_[i]]);
    if (lengths[row] == ForwardTokens::length_max)
      long_ends.push_back(static_cast<std::uint32_t>(tokens.size()));
  }
  segment.forward =
      ForwardTokens(std::move(tokens), segment.lengths[static_cast<std::size_t>(segment.forward_field)],
                    std::move(long_ends));
}

KeywordColumn SegmentBuilder::keyword_column(const Keywords& keywords) const {
  auto [values, place] = keywords.values.sorted(TermDictionary::Find::Search);
  std::vector<std::uint32_t> offsets;
  offsets.reserve(order_.size() + 1);
  offsets.push_back(0);
  std::vector<std::uint32_t> codes;
  codes.reserve(keywords.codes.size());
  for (const std::uint32_t row : order_) {
    if (row < keywords.ends.size()) {
      for (std::uint32_t i = row == 0 ? 0 : keywords.ends[row - 1]; i < keywords.ends[row]; ++i)
        codes.push_back(place[keywords.codes[i]]);
      std::sort(codes.begin() + offsets.back(), codes.end());
    }
    offsets.push_back(static_cast<std::uint32_t>(codes.size()));
  }
  return KeywordColumn::build(std::move(offsets), std::move(codes), std::move(values));
}

void SegmentBuilder::fill_columns(Segment& segment) const {
  const std::vector<Field>& fields = context_->schema->fields;
  segment.lengths.resize(fields.size());
  segment.numbers.resize(fields.size());
  segment.keywords.resize(fields.size());
  const auto in_order = [&](const auto& by_row) {
    std::remove_cvref_t<decltype(by_row)> ordered;
    ordered.reserve(order_.size());
    for (const std::uint32_t row : order_) ordered.push_back(by_row[row]);
    return ordered;
  };
  for (const Field& field : fields) {
    if (field.search) segment.lengths[field.number] = in_order(lengths_[field.number]);
    if (!field.has_column()) continue;
    if (field.is_number()) {
      segment.numbers[field.number] = NumberColumn::build(in_order(numbers_[field.number]));
    } else {
      segment.keywords[field.number] = keyword_column(keywords_[field.number]);
    }
  }
}

// Of each of the rows, the place of its last value among those of the field that groups documents; nothing
// without one.
std::vector<std::uint32_t> SegmentBuilder::groups(std::span<const std::uint32_t> rows) const {
  std::vector<std::size_t> values;
  for (const Keywords& keywords : keywords_) values.push_back(keywords.values.size());
  const int field = grouping_field(*context_->schema, values);
  if (field < 0) return {};
  const Keywords& keywords = keywords_[static_cast<std::size_t>(field)];
  const std::vector<std::uint32_t> place = keywords.values.sorted(TermDictionary::Find::Search).second;
  std::vector<std::uint32_t> groups(rows.size(), KeywordColumn::no_code);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= keywords.ends.size()) continue;
    const std::uint32_t begin = rows[i] == 0 ? 0 : keywords.ends[rows[i] - 1];
    const auto codes = std::span(keywords.codes).subspan(begin, keywords.ends[rows[i]] - begin);
    if (!codes.empty())
      groups[i] =
          std::ranges::max(codes | std::views::transform([&](std::uint32_t code) { return place[code]; }));
  }
  return groups;
}

// Numbers the documents; returns them by id.
std::vector<std::uint32_t> SegmentBuilder::order_documents() {
  std::vector<std::uint32_t> rows(rows_.size());
  std::iota(rows.begin(), rows.end(), 0);
  std::ranges::sort(rows, {}, [&](std::uint32_t row) { return id(row); });
  std::vector<std::uint8_t> lengths(rows.size(), 0);
  for (std::size_t i = 0; i < rows.size() && context_->forward_field >= 0; ++i)
    lengths[i] = lengths_[static_cast<std::size_t>(context_->forward_field)][rows[i]];
  std::vector<std::uint32_t> by_id = document_numbers(lengths, groups(rows));
  order_.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) order_[by_id[i]] = rows[i];
  return by_id;
}

Result<std::shared_ptr<const Segment>> SegmentBuilder::finish() {
  auto segment = std::make_shared<Segment>();
  segment->size = size();
  std::vector<std::uint32_t> by_id = order_documents();
  std::vector<std::string_view> ids;
  ids.reserve(order_.size());
  for (const std::uint32_t row : order_) ids.push_back(id(row));
  segment->ids = DocumentIds(ids, std::move(by_id));
  auto [terms, place] = terms_.sorted(TermDictionary::Find::Hash);
  segment->terms = std::move(terms);
  segment->typos = TypoIndex(segment->terms);
  fill_postings(*segment, place);
  fill_columns(*segment);
  fill_forward(*segment, place);
  segment->forms = PostingForms(*segment);
  StoredDocuments::Builder stored(context_->folder);
  for (const std::uint32_t row : order_) {
    const std::size_t begin = before(row).stored;
    AISLE_CHECK(stored.add(std::string_view(stored_).substr(begin, rows_[row].stored - begin)));
  }
  AISLE_TRY(segment->stored, stored.finish());
  for (const auto& stemmer : context_->stemmers) {
    segment->stemmed_terms.push_back(stemmed_terms(segment->terms, *stemmer));
  }
  return segment;
}

std::vector<TermId> stemmed_terms(const TermDictionary& terms, const Analyzer& analyzer) {
  std::vector<std::pair<std::string, TermId>> found;
  for (TermId id = 0; id < terms.size(); ++id) {
    const std::string_view term = terms.term(id);
    std::string stem = analyzer.stem(term);
    if (stem != term) found.emplace_back(std::move(stem), id);
  }
  std::ranges::sort(found);
  std::vector<TermId> ordered;
  ordered.reserve(found.size());
  for (const auto& entry : found) ordered.push_back(entry.second);
  return ordered;
}

}  // namespace aisle
