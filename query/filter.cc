#include "query/filter.h"

#include <algorithm>
#include <optional>

namespace aisle {
namespace {

using Passes = std::vector<std::uint8_t>;

std::vector<TermId> codes_of(const FilterNode& node, const KeywordColumn& column) {
  std::vector<TermId> codes;
  for (const auto* values : {&node.values, &node.same_codes}) {
    for (const std::string& value : *values) {
      if (const TermId code = column.values().find(value); code != no_term) codes.push_back(code);
    }
  }
  return codes;
}

Bitmap bits_of(const std::vector<TermId>& codes, const KeywordColumn& column) {
  Bitmap bits(column.values().size());
  for (const TermId code : codes) bits.set(code);
  return bits;
}

Passes keywords(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents) {
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  const std::vector<TermId> codes = codes_of(node, column);
  Passes passes(documents.size());
  if (codes.empty()) return passes;
  const Bitmap wanted = bits_of(codes, column);
  if (!column.is_single()) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      column.each_code(documents[i], [&](std::uint32_t code) {
        if (wanted.test(code)) passes[i] = 1;
      });
    }
    return passes;
  }
  column.visit([&]<class Code>(std::span<const Code> codes_by_document) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const Code code = codes_by_document[documents[i]];
      passes[i] = code != KeywordColumn::no_code_of<Code> && wanted.test(code) ? 1 : 0;
    }
  });
  return passes;
}

template <class Test>
Passes numbers(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents,
               const Test& test) {
  Passes passes(documents.size());
  view.numbers(node.field->number).each(documents, [&](std::size_t i, std::int64_t value) {
    passes[i] = value != missing_number && test(value) ? 1 : 0;
  });
  return passes;
}

Passes exists(const FilterNode& node, const SegmentView& view, std::span<const std::uint32_t> documents) {
  if (node.field->is_number()) {
    return numbers(node, view, documents, [](std::int64_t) { return true; });
  }
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  Passes passes(documents.size());
  for (std::size_t i = 0; i < documents.size(); ++i)
    passes[i] = column.first_code(documents[i]) != KeywordColumn::no_code ? 1 : 0;
  return passes;
}

// Places of `wanted`, whole blocks without it at a time.
template <class Code>
std::vector<std::uint32_t> scan_code(std::span<const Code> codes, Code wanted) {
  constexpr std::size_t block = 32;
  std::vector<std::uint32_t> found;
  const auto look = [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (codes[i] == wanted) found.push_back(static_cast<std::uint32_t>(i));
    }
  };
  std::size_t begin = 0;
  for (; begin + block <= codes.size(); begin += block) {
    std::uint32_t any = 0;
    for (std::size_t i = 0; i < block; ++i) any |= codes[begin + i] == wanted ? 1U : 0U;
    if (any != 0) look(begin, begin + block);
  }
  look(begin, codes.size());
  return found;
}

std::vector<std::uint32_t> scan_codes(const FilterNode& node, const SegmentView& view) {
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  const std::vector<TermId> wanted = codes_of(node, column);
  if (wanted.empty()) return {};
  if (std::ranges::all_of(wanted, [&](TermId code) { return column.is_listed(code); })) {
    std::vector<std::uint32_t> found;
    for (const TermId code : wanted) {
      const auto documents = column.documents(code);
      found.insert(found.end(), documents.begin(), documents.end());
    }
    if (wanted.size() == 1) return found;
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
  }
  if (wanted.size() == 1 && column.is_single()) {
    return column.visit([&]<class Code>(std::span<const Code> codes) {
      return scan_code(codes, static_cast<Code>(wanted.front()));
    });
  }
  const Bitmap bits = bits_of(wanted, column);
  std::vector<std::uint32_t> found;
  for (std::uint32_t document = 0; document < view.segment->size; ++document) {
    bool any = false;
    column.each_code(document, [&](std::uint32_t code) { any = any || bits.test(code); });
    if (any) found.push_back(document);
  }
  return found;
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

namespace {

struct NumberRange {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

// What the node asks of its field when that is one range.
std::optional<NumberRange> range_of(const FilterNode& node) {
  if (node.kind == FilterKind::Range) return NumberRange{node.low, node.high};
  if (node.kind != FilterKind::Numbers || node.numbers.size() != 1) return std::nullopt;
  return NumberRange{node.numbers.front(), node.numbers.front()};
}

}  // namespace

bool is_kept_by_bits(const FilterNode& node, const SegmentView& view) {
  return range_of(node) && view.numbers(node.field->number).has_bytes();
}

Bitmap keep_passing(const FilterNode& node, const SegmentView& view, const Bitmap& documents) {
  const NumberRange range = *range_of(node);
  return view.numbers(node.field->number).within(range.low, range.high, documents);
}

void keep_passing(const FilterNode& node, const SegmentView& view, std::vector<std::uint32_t>& documents) {
  if (const auto range = range_of(node))
    return view.numbers(node.field->number).keep_within(range->low, range->high, documents);
  const std::vector<std::uint8_t> passes = evaluate(node, view, documents);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    documents[kept] = documents[i];
    kept += passes[i];
  }
  documents.resize(kept);
}

std::vector<Conjunct> with_united_ranges(const std::vector<Conjunct>& conjuncts) {
  std::vector<Conjunct> united;
  for (const Conjunct& conjunct : conjuncts) {
    const auto same = std::ranges::find_if(united, [&](const Conjunct& other) {
      return conjunct.node.kind == FilterKind::Range && other.node.kind == FilterKind::Range &&
             other.node.field == conjunct.node.field;
    });
    if (same == united.end()) {
      united.push_back(conjunct);
    } else {
      same->node.low = std::max(same->node.low, conjunct.node.low);
      same->node.high = std::min(same->node.high, conjunct.node.high);
    }
  }
  return united;
}

std::uint64_t scan_cost(const FilterNode& node, const SegmentView& view) {
  if (node.kind == FilterKind::Range) return std::uint64_t{view.segment->size} * 2 + 1;
  if (node.kind != FilterKind::Keywords) return 0;
  const KeywordColumn& column = view.segment->keywords[node.field->number];
  std::uint64_t cost = 1;
  bool listed = true;
  for (const TermId code : codes_of(node, column)) {
    cost += column.frequency(code);
    listed = listed && column.is_listed(code);
  }
  return listed ? cost : cost + view.segment->size / 4;
}

std::vector<std::uint32_t> scan(const FilterNode& node, const SegmentView& view) {
  if (node.kind == FilterKind::Keywords) return scan_codes(node, view);
  std::vector<std::uint32_t> found;
  const auto look = [&](std::uint32_t document, std::int64_t value) {
    if (value >= node.low && value <= node.high) found.push_back(document);
  };
  view.numbers(node.field->number).each_present(view.segment->size, look);
  return found;
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
