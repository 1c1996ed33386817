#include "query/segment.h"

#include <algorithm>

namespace aisle {

SegmentBytes bytes_of(const Segment& segment) {
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list[0]); };
  SegmentBytes bytes;
  bytes.ids = segment.ids.bytes();
  bytes.terms = segment.terms.bytes() + segment.typos.bytes() + of(segment.term_lists) + of(segment.lists);
  for (const auto& list : segment.stemmed_terms) bytes.terms += of(list);
  bytes.postings = of(segment.documents) + of(segment.frequencies) + segment.forms.bytes();
  for (const auto& list : segment.lengths) bytes.lengths += of(list);
  bytes.forward = segment.forward.bytes();
  for (const NumberColumn& column : segment.numbers) bytes.columns += column.bytes();
  for (const KeywordColumn& column : segment.keywords) bytes.columns += column.bytes();
  bytes.stored_memory = segment.stored.memory_bytes();
  bytes.stored_file = segment.stored.file_bytes();
  return bytes;
}

std::vector<std::string> stem_languages(const IndexSchema& schema) {
  std::vector<std::string> languages;
  for (const Field& field : schema.fields) {
    if (field.search && field.has_words()) languages.push_back(field.language);
  }
  std::ranges::sort(languages);
  languages.erase(std::ranges::unique(languages).begin(), languages.end());
  return languages;
}

int forward_field(const IndexSchema& schema) {
  const Field* best = nullptr;
  for (const Field& field : schema.fields) {
    if (!field.search || field.type != FieldType::Text) continue;
    if (best == nullptr || field.weight > best->weight) best = &field;
  }
  return best == nullptr ? -1 : best->number;
}

}  // namespace aisle
