#include <algorithm>

#include "schemas/number_text.h"
#include "tests/support/search_oracle.h"

namespace aisle::test {
namespace {

// By count, then value; the first `values_max` and all that must stay.
std::vector<FacetValue> most_frequent(std::vector<FacetValue> values, const std::set<std::string>& stay,
                                      std::size_t values_max, bool& truncated) {
  std::ranges::sort(values, [](const FacetValue& a, const FacetValue& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  });
  std::vector<FacetValue> kept;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i < values_max || stay.contains(values[i].value)) {
      kept.push_back(values[i]);
    } else {
      truncated = true;
    }
  }
  return kept;
}

// "A > B > C" stands below "A > B"; "A" below "".
std::string above(const std::string& path, const std::string& separator) {
  const std::size_t cut = path.rfind(separator);
  return cut == std::string::npos ? "" : path.substr(0, cut);
}

void describe_values(const std::vector<FacetValue>& values, std::string& out) {
  for (const FacetValue& value : values) {
    out += " " + value.value + (value.selected ? "*" : "") + "=" + std::to_string(value.count);
    if (value.children.empty()) continue;
    out += " {";
    describe_values(value.children, out);
    out += " }";
  }
}

}  // namespace

FacetResult SearchOracle::tree(const Field& field, const std::map<std::string, std::uint64_t>& counts,
                               const std::set<std::string>& selected, std::size_t values_max) const {
  FacetResult result;
  result.hierarchical = true;
  std::set<std::string> open;
  for (std::string path : selected) {
    for (; !path.empty(); path = above(path, field.separator)) open.insert(path);
  }
  const auto list = [&](auto&& self, const std::string& parent) -> std::vector<FacetValue> {
    std::vector<FacetValue> values;
    std::map<std::string, std::uint64_t> here = counts;
    for (const std::string& path : open) here.try_emplace(path, 0);
    for (const auto& [path, count] : here) {
      if (above(path, field.separator) == parent)
        values.push_back({path, count, selected.contains(path), {}});
    }
    values = most_frequent(std::move(values), open, values_max, result.truncated);
    for (FacetValue& value : values) {
      if (open.contains(value.value)) value.children = self(self, value.value);
    }
    return values;
  };
  result.values = list(list, "");
  return result;
}

FacetResult SearchOracle::facet(const Field& field, const std::vector<const Document*>& documents,
                                const std::set<std::string>& selected, std::size_t values_max) const {
  FacetResult result;
  std::map<std::string, std::uint64_t> counts;
  std::vector<std::int64_t> numbers;
  std::uint64_t present = 0;
  for (const Document* document : documents) {
    const std::vector<std::string> values = values_of(*document, field);
    const std::int64_t number = number_of(*document, field);
    for (const std::string& value : values) ++counts[value];
    if (number != missing_number) numbers.push_back(number);
    if (number != missing_number && field.type == FieldType::Bool) ++counts[number != 0 ? "true" : "false"];
    present += !values.empty() || number != missing_number ? 1 : 0;
  }
  if (field.type == FieldType::Hierarchy) {
    result = tree(field, counts, selected, values_max);
  } else if (field.is_number() && field.type != FieldType::Bool) {
    Int128 sum = 0;
    for (const std::int64_t number : numbers) sum += number;
    result.numeric = true;
    result.min = numbers.empty() ? "null" : number_json(field, *std::ranges::min_element(numbers));
    result.max = numbers.empty() ? "null" : number_json(field, *std::ranges::max_element(numbers));
    if (field.type != FieldType::Date) {
      result.avg = mean_json(field, sum, numbers.size());
      result.sum = numbers.empty() ? "null" : sum_json(field, sum);
    }
  } else {
    std::vector<FacetValue> values;
    for (const std::string& value : selected) counts.try_emplace(value, 0);
    for (const auto& [value, count] : counts) values.push_back({value, count, selected.contains(value), {}});
    result.values = most_frequent(std::move(values), selected, values_max, result.truncated);
  }
  result.field = field.name;
  result.count = present;
  return result;
}

std::string describe(const SearchResult& result) {
  std::string out = "total " + std::to_string(result.total) + ", page " + std::to_string(result.page) +
                    " of " + std::to_string(result.per_page) + ", typos " + std::to_string(result.typos);
  for (const std::string& word : result.dropped_words) out += ", without " + word;
  for (const std::string& word : result.ignored_words) out += ", ignored " + word;
  if (result.truncated_query) out += ", cut";
  for (const std::string& rule : result.rules) out += ", rule " + rule;
  for (const Hit& hit : result.hits) {
    out += "\n  " + hit.id + " " + std::to_string(hit.score) + " typos " + std::to_string(hit.typos) +
           (hit.pinned ? " pinned" : "");
    for (const std::string& word : hit.missing) out += " lacks " + word;
  }
  for (const FacetResult& facet : result.facets) {
    out +=
        "\n  " + facet.field + " of " + std::to_string(facet.count) + (facet.truncated ? " truncated" : "");
    if (facet.numeric) out += " " + facet.min + " " + facet.max + " " + facet.avg + " " + facet.sum;
    describe_values(facet.values, out);
  }
  return out;
}

std::string describe_all(const SearchResult& result) {
  std::string out = describe(result);
  for (const Hit& hit : result.hits) {
    out += "\n  " + hit.id + " " + hit.product;
    for (const auto& [field, text] : hit.highlight) out += "\n    " + field + ": " + text;
    for (const ScorePart& part : hit.explain) {
      out += "\n    " + part.kind + " " + part.word + " " + part.term + " " + part.field + " " +
             std::to_string(part.points) + " " + part.rule;
    }
  }
  for (const DroppedPin& pin : result.dropped_pins)
    out += "\n  dropped " + pin.id + " at " + std::to_string(pin.position) + ": " + pin.reason;
  return out;
}

}  // namespace aisle::test
