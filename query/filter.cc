#include "query/filter.h"

#include <algorithm>

namespace aisle {
namespace {

using Passes = std::vector<std::uint8_t>;

Passes keywords(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents) {
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  Bitmap wanted(column.values().size());
  bool any = false;
  for (const std::string& value : node.values) {
    if (const TermId code = column.values().find(value); code != no_term) {
      wanted.set(code);
      any = true;
    }
  }
  Passes passes(documents.size());
  if (!any) return passes;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    for (const std::uint32_t code : column.codes(documents[i])) {
      if (wanted.test(code)) passes[i] = 1;
    }
  }
  return passes;
}

template <class Test>
Passes numbers(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents,
               const Test& test) {
  const NumberColumn& column = view.numbers(node.field->number);
  Passes passes(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const std::int64_t value = column.get(documents[i]);
    passes[i] = value != missing_number && test(value) ? 1 : 0;
  }
  return passes;
}

Passes exists(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents) {
  if (node.field->is_number()) {
    return numbers(node, view, documents, [](std::int64_t) { return true; });
  }
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  Passes passes(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i) passes[i] = column.codes(documents[i]).empty() ? 0 : 1;
  return passes;
}

void collect_selected(const FilterNode& node, std::vector<std::string>& values) {
  if (node.kind == FilterKind::Keywords) values.insert(values.end(), node.values.begin(), node.values.end());
  if (node.kind == FilterKind::Numbers && node.field->type == FieldType::Bool) {
    for (const std::int64_t number : node.numbers) values.emplace_back(number != 0 ? "true" : "false");
  }
  if (node.kind == FilterKind::Not) return;
  for (const FilterNode& child : node.children) collect_selected(child, values);
}

}  // namespace

std::vector<std::uint8_t> evaluate(const FilterNode& node, const SegmentView& view,
                                   std::span<const std::uint32_t> documents) {
  switch (node.kind) {
    case FilterKind::Keywords:
      return keywords(node, view, documents);
    case FilterKind::Exists:
      return exists(node, view, documents);
    case FilterKind::Range:
      return numbers(node, view, documents, [&](std::int64_t v) { return v >= node.low && v <= node.high; });
    case FilterKind::Numbers:
      return numbers(node, view, documents,
                     [&](std::int64_t v) { return std::ranges::binary_search(node.numbers, v); });
    case FilterKind::Not: {
      Passes passes = evaluate(node.children.front(), view, documents);
      for (std::uint8_t& pass : passes) pass = pass == 0 ? 1 : 0;
      return passes;
    }
    case FilterKind::And:
    case FilterKind::Or:
      break;
  }
  const bool all = node.kind == FilterKind::And;
  Passes passes(documents.size(), all ? 1 : 0);
  for (const FilterNode& child : node.children) {
    const Passes more = evaluate(child, view, documents);
    for (std::size_t i = 0; i < passes.size(); ++i) {
      passes[i] = static_cast<std::uint8_t>(all ? passes[i] & more[i] : passes[i] | more[i]);
    }
  }
  return passes;
}

std::vector<std::string> selected_values(const Filter& filter, const Field& field) {
  std::vector<std::string> values;
  for (const Conjunct& conjunct : filter.conjuncts) {
    if (conjunct.field == &field) collect_selected(conjunct.node, values);
  }
  std::ranges::sort(values);
  values.erase(std::ranges::unique(values).begin(), values.end());
  return values;
}

}  // namespace aisle
