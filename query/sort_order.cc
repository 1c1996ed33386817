#include "query/sort_order.h"

#include <algorithm>

#include "base/nearest_name.h"

namespace aisle {
namespace {

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

}  // namespace

Result<std::vector<SortKey>> compile_sort(const std::vector<std::string>& keys, const IndexSchema& schema,
                                          const QueryLimits& limits) {
  if (keys.size() > limits.sort_keys_max) {
    return fail(ErrorCode::InvalidArgument, "sort has " + std::to_string(keys.size()) +
                                                " keys, the limit is " +
                                                std::to_string(limits.sort_keys_max));
  }
  std::vector<SortKey> compiled;
  for (const std::string& key : keys) {
    const std::size_t colon = key.rfind(':');
    const std::string name = key.substr(0, colon);
    const std::string direction = colon == std::string::npos ? "asc" : key.substr(colon + 1);
    const Field* field = schema.find(name);
    if (field == nullptr) {
      std::vector<std::string> names;
      for (const Field& some : schema.fields) {
        if (some.sort) names.push_back(some.name);
      }
      return fail(ErrorCode::InvalidArgument,
                  "sort: unknown field \"" + name + "\"" + did_you_mean(name, names));
    }
    if (!field->sort) {
      return fail(ErrorCode::InvalidArgument,
                  "sort: field \"" + name + "\" has no \"sort\": true in the schema");
    }
    if (direction != "asc" && direction != "desc") {
      return fail(ErrorCode::InvalidArgument,
                  "sort: \"" + key + "\" ends in \"" + direction + "\", expected asc or desc");
    }
    compiled.push_back({field, direction == "desc"});
  }
  return compiled;
}

SortValues sort_values(std::span<const SortKey> keys, const SegmentView& view, std::uint32_t document) {
  SortValues result;
  for (const SortKey& key : keys) {
    SortValues::Value value;
    if (key.field->is_number()) {
      value.number = view.numbers(key.field->number).get(document);
      value.missing = value.number == missing_number;
    } else {
      const KeywordColumn& column = view.segment->keywords[key.field->number];
      const auto codes = column.codes(document);
      value.missing = codes.empty();
      if (!value.missing) value.text = column.values().term(codes.front());
    }
    result.values.push_back(value);
  }
  return result;
}

int compare(std::span<const SortKey> keys, const SortValues& a, const SortValues& b) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto& x = a.values[i];
    const auto& y = b.values[i];
    if (x.missing || y.missing) {
      if (x.missing != y.missing) return x.missing ? 1 : -1;
      continue;
    }
    const int order = x.number != y.number ? three_way(x.number, y.number) : three_way(x.text, y.text);
    if (order != 0) return keys[i].descending ? -order : order;
  }
  return 0;
}

std::vector<std::uint32_t> first_in_order(std::span<const SortKey> keys, const SegmentView& view,
                                          std::vector<std::uint32_t> documents, std::size_t count) {
  // Codes of a segment compare like their values, so whole numbers do for every type.
  const auto value_of = [&](const SortKey& key, std::uint32_t document) {
    if (key.field->is_number()) return view.numbers(key.field->number).get(document);
    const auto codes = view.segment->keywords[key.field->number].codes(document);
    return codes.empty() ? missing_number : static_cast<std::int64_t>(codes.front());
  };
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    for (const SortKey& key : keys) {
      const std::int64_t x = value_of(key, a);
      const std::int64_t y = value_of(key, b);
      if (x == y) continue;
      if (x == missing_number || y == missing_number) return y == missing_number;
      return key.descending ? x > y : x < y;
    }
    return a < b;
  };
  const std::size_t kept = std::min(count, documents.size());
  std::partial_sort(documents.begin(), documents.begin() + static_cast<std::ptrdiff_t>(kept), documents.end(),
                    before);
  documents.resize(kept);
  return documents;
}

}  // namespace aisle
