#include "query/value_names.h"

#include <algorithm>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace aisle {
namespace {

std::string_view last_level(const Field& field, std::string_view value) {
  if (field.type != FieldType::Hierarchy) return value;
  const std::size_t at = value.rfind(field.separator);
  return at == std::string_view::npos ? value : value.substr(at + field.separator.size());
}

// The analyzer of a field whose language is not the queries'; else null.
std::shared_ptr<const Analyzer> own_analyzer(const Field& field, const Analyzer& analyzer) {
  if (field.language == analyzer.language()) return nullptr;
  return Analyzer::create(field.language).value_or(nullptr);
}

// The words that a query for the value has, without stop words. None when products with the value need not hold
// them all: a field of another language, with its `own` analyzer, may leave a "l'" on.
std::vector<std::string> words_of(std::string_view value, const Analyzer& analyzer, const Analyzer* own) {
  std::vector<std::string> words;
  for (Token& token : analyzer.query_tokens(value)) {
    if (!analyzer.is_stop_word(token.text)) words.push_back(std::move(token.text));
  }
  if (own == nullptr) return words;
  const std::vector<Token> held = own->index_tokens(value);
  const bool all = std::ranges::all_of(words, [&](const std::string& word) {
    return std::ranges::find(held, word, &Token::text) != held.end();
  });
  return all ? words : std::vector<std::string>();
}

// Products that hold the term, in all fields.
std::size_t postings_of(const Segment& segment, TermId term) {
  const std::uint32_t begin = segment.lists[segment.term_lists[term]].begin;
  return segment.lists[segment.term_lists[term + 1]].begin - begin;
}

}  // namespace

bool has_names(const Field& field) {
  return field.is_keyword() && field.search && field.facet;
}

ValueNames::ValueNames(const Segment& segment, const IndexContext& context)
    : segment_(segment), fields_(context.schema->fields.size()) {
  for (const Field& field : context.schema->fields) {
    if (has_names(field)) add_names(field, segment, *context.analyzer);
  }
  words_.shrink_to_fit();
}

void ValueNames::add_names(const Field& field, const Segment& segment, const Analyzer& analyzer) {
  const KeywordColumn& column = segment.keywords[field.number];
  FieldNames& names = fields_[field.number];
  const auto own = own_analyzer(field, analyzer);
  std::vector<std::uint32_t> commons;
  for (std::uint32_t code = 0; code < column.values().size(); ++code) {
    Entry entry{.key = no_term, .code = code, .begin = static_cast<std::uint32_t>(words_.size())};
    for (const std::string& word :
         words_of(last_level(field, column.values().term(code)), analyzer, own.get()))
      words_.push_back(segment.terms.find(word));
    const auto words = std::span(words_).subspan(entry.begin);
    const bool unknown = std::ranges::find(words, no_term) != words.end();
    if (unknown || words.empty() || words.size() > words_max) {
      words_.resize(entry.begin);
      continue;
    }
    const auto rarest =
        std::ranges::min_element(words, {}, [&](TermId term) { return postings_of(segment, term); });
    entry.key = *rarest;
    entry.place = static_cast<std::uint8_t>(rarest - words.begin());
    entry.count = static_cast<std::uint8_t>(words.size());
    names.entries.push_back(entry);
    if (!column.is_listed(code)) commons.push_back(code);
  }
  std::ranges::sort(names.entries, {}, [](const Entry& entry) { return std::tuple(entry.key, entry.code); });
  names.entries.shrink_to_fit();
  add_commons(column, commons, names);
}

// `codes` ascending.
void ValueNames::add_commons(const KeywordColumn& column, std::span<const std::uint32_t> codes,
                             FieldNames& names) {
  if (codes.empty()) return;
  std::vector<Bitmap> bits(codes.size(), Bitmap(column.size()));
  for (std::uint32_t document = 0; document < column.size(); ++document) {
    column.each_code(document, [&](std::uint32_t code) {
      const auto at = std::ranges::lower_bound(codes, code);
      if (at != codes.end() && *at == code) bits[static_cast<std::size_t>(at - codes.begin())].set(document);
    });
  }
  for (std::size_t i = 0; i < codes.size(); ++i)
    names.commons.push_back({codes[i], DocumentSet(std::move(bits[i]))});
}

DocumentSet ValueNames::documents(std::uint16_t field, std::uint32_t code) const {
  const KeywordColumn& column = segment_.keywords[field];
  if (column.is_listed(code)) return DocumentSet::borrow(column.documents(code), nullptr);
  const auto& commons = fields_[field].commons;
  return std::ranges::lower_bound(commons, code, {}, &Common::code)->documents.borrowed();
}

std::size_t ValueNames::first(const std::vector<Entry>& entries, TermId term) {
  return static_cast<std::size_t>(std::ranges::lower_bound(entries, term, {}, &Entry::key) - entries.begin());
}

std::size_t ValueNames::bytes() const {
  std::size_t sum = words_.capacity() * sizeof(TermId);
  for (const FieldNames& names : fields_) {
    sum += sizeof(names) + names.entries.capacity() * sizeof(Entry);
    for (const Common& common : names.commons) sum += sizeof(common) + common.documents.bits()->bytes();
  }
  return sum;
}

}  // namespace aisle
