#include "query/segment_builder.h"

#include <algorithm>
#include <numeric>

namespace aisle {

SegmentBuilder::SegmentBuilder(std::shared_ptr<const IndexContext> context)
    : context_(std::move(context)), values_(context_->schema->fields.size()) {}

std::uint32_t SegmentBuilder::number_of(Names& names, const std::string& name) {
  return names.try_emplace(name, static_cast<std::uint32_t>(names.size())).first->second;
}

std::pair<TermDictionary, std::vector<std::uint32_t>> SegmentBuilder::sorted(const Names& names) {
  std::vector<std::pair<std::string_view, std::uint32_t>> order(names.begin(), names.end());
  std::ranges::sort(order);
  std::vector<std::string_view> texts;
  texts.reserve(order.size());
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    texts.push_back(order[i].first);
    place[order[i].second] = i;
  }
  return {TermDictionary::build(texts), std::move(place)};
}

void SegmentBuilder::add_text(const FieldTokens& text, Added& added) {
  const std::size_t first = added.occurrences.size();
  std::uint32_t length = 0;
  for (const IndexToken& token : text.tokens) {
    const std::uint32_t term = number_of(terms_, token.term);
    added.occurrences.push_back({term, text.field, 1});
    if (!token.base) continue;
    ++length;
    if (text.field == context_->forward_field) added.forward.push_back(term);
  }
  added.lengths.emplace_back(text.field, static_cast<std::uint8_t>(std::min<std::uint32_t>(length, 255)));
  const auto begin = added.occurrences.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, added.occurrences.end(), [](const auto& a, const auto& b) { return a.term < b.term; });
  auto kept = begin;
  for (auto at = begin; at != added.occurrences.end(); ++at) {
    if (kept != begin && std::prev(kept)->term == at->term) {
      std::uint8_t& frequency = std::prev(kept)->frequency;
      if (frequency < 255) ++frequency;
    } else {
      *kept++ = *at;
    }
  }
  added.occurrences.erase(kept, added.occurrences.end());
}

void SegmentBuilder::add(const Document& document) {
  Added added{.id = document.id,
              .stored = document.stored,
              .occurrences = {},
              .forward = {},
              .lengths = {},
              .numbers = document.numbers,
              .keywords = {}};
  for (const FieldTokens& text : document.texts) add_text(text, added);
  for (const KeywordCell& cell : document.keywords) {
    std::vector<std::uint32_t> codes;
    codes.reserve(cell.values.size());
    for (const std::string& value : cell.values) codes.push_back(number_of(values_[cell.field], value));
    added.keywords.emplace_back(cell.field, std::move(codes));
  }
  documents_.push_back(std::move(added));
}

// Two passes over the documents in their final order: count each (term, field), then place.
void SegmentBuilder::fill_postings(Segment& segment, const std::vector<std::uint32_t>& place) const {
  const auto key = [&](const Occurrence& o) {
    return (static_cast<std::uint64_t>(place[o.term]) << 16U) | o.field;
  };
  std::unordered_map<std::uint64_t, std::uint32_t> count;
  std::size_t total = 0;
  for (const Added& added : documents_) {
    for (const Occurrence& occurrence : added.occurrences) ++count[key(occurrence)];
    total += added.occurrences.size();
  }
  std::vector<std::uint64_t> keys;
  keys.reserve(count.size());
  for (const auto& entry : count) keys.push_back(entry.first);
  std::ranges::sort(keys);

  segment.term_lists.assign(segment.terms.size() + 1, 0);
  segment.lists.reserve(keys.size() + 1);
  std::uint32_t begin = 0;
  for (const std::uint64_t k : keys) {
    ++segment.term_lists[(k >> 16U) + 1];
    segment.lists.push_back({begin, static_cast<std::uint16_t>(k)});
    std::uint32_t& entry = count[k];
    const std::uint32_t list_size = entry;
    entry = begin;  // from now on: where the next posting goes
    begin += list_size;
  }
  segment.lists.push_back({begin, 0});
  std::partial_sum(segment.term_lists.begin(), segment.term_lists.end(), segment.term_lists.begin());
  segment.documents.resize(total);
  segment.frequencies.resize(total);
  for (std::uint32_t document = 0; document < documents_.size(); ++document) {
    for (const Occurrence& occurrence : documents_[document].occurrences) {
      const std::uint32_t at = count[key(occurrence)]++;
      segment.documents[at] = document;
      segment.frequencies[at] = occurrence.frequency;
    }
  }
}

void SegmentBuilder::fill_columns(Segment& segment) const {
  const std::vector<Field>& fields = context_->schema->fields;
  segment.lengths.resize(fields.size());
  segment.numbers.resize(fields.size());
  segment.keywords.resize(fields.size());
  for (const Field& field : fields) {
    if (field.search) segment.lengths[field.number].assign(documents_.size(), 0);
  }
  for (std::uint32_t document = 0; document < documents_.size(); ++document) {
    for (const auto& [field, length] : documents_[document].lengths)
      segment.lengths[field][document] = length;
  }
  for (const Field& field : fields) {
    if (!field.has_column()) continue;
    if (field.is_number()) {
      std::vector<std::int64_t> numbers(documents_.size(), missing_number);
      for (std::uint32_t document = 0; document < documents_.size(); ++document) {
        for (const NumberCell& cell : documents_[document].numbers) {
          if (cell.field == field.number) numbers[document] = cell.value;
        }
      }
      segment.numbers[field.number] = NumberColumn::build(numbers);
      continue;
    }
    auto [values, place] = sorted(values_[field.number]);
    std::vector<std::uint32_t> offsets = {0};
    std::vector<std::uint32_t> codes;
    for (const Added& added : documents_) {
      for (const auto& [number, list] : added.keywords) {
        if (number != field.number) continue;
        for (const std::uint32_t code : list) codes.push_back(place[code]);
        std::sort(codes.begin() + offsets.back(), codes.end());
      }
      offsets.push_back(static_cast<std::uint32_t>(codes.size()));
    }
    segment.keywords[field.number] =
        KeywordColumn::build(std::move(offsets), std::move(codes), std::move(values));
  }
}

Result<std::shared_ptr<const Segment>> SegmentBuilder::finish() {
  std::ranges::sort(documents_, {}, &Added::id);
  auto segment = std::make_shared<Segment>();
  segment->size = size();
  std::vector<std::string_view> ids;
  ids.reserve(documents_.size());
  for (const Added& added : documents_) ids.push_back(added.id);
  segment->ids = TermDictionary::build(ids);
  auto [terms, place] = sorted(terms_);
  segment->terms = std::move(terms);
  segment->typos = TypoIndex(segment->terms);
  fill_postings(*segment, place);
  fill_columns(*segment);
  segment->forward_field = context_->forward_field;
  segment->forward_offsets.push_back(0);
  StoredDocuments::Builder stored(context_->folder);
  for (const Added& added : documents_) {
    for (const std::uint32_t term : added.forward) segment->forward.push_back(place[term]);
    segment->forward_offsets.push_back(static_cast<std::uint32_t>(segment->forward.size()));
    AISLE_CHECK(stored.add(added.stored));
  }
  segment->forward.shrink_to_fit();
  segment->forward_offsets.shrink_to_fit();
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
