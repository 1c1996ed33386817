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
      const std::uint32_t code = column.first_code(document);
      value.missing = code == KeywordColumn::no_code;
      if (!value.missing) value.text = column.values().term(code);
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

namespace {

// The value of a document for one key as a number that is smaller where the document stands before others.
// Codes of a segment compare like their values.
class KeyReader {
 public:
  KeyReader(const SortKey& key, const SegmentView& view) : descending_(key.descending) {
    if (key.field->is_number()) {
      numbers_ = &view.numbers(key.field->number);
    } else {
      keywords_ = &view.segment->keywords[key.field->number];
    }
  }

  static constexpr std::uint64_t missing_rank = ~std::uint64_t{0};  // last in both directions

  std::uint64_t rank(std::int64_t value) const {
    if (value == missing_number) return missing_rank;
    // missing_number is the least of all, so others begin above it
    const std::uint64_t ascending = (static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63U)) - 1;
    return descending_ ? missing_rank - 1 - ascending : ascending;
  }
  std::uint64_t rank_of(std::uint32_t document) const {
    return rank(numbers_ != nullptr ? numbers_->get(document) : code_of(document));
  }
  // Calls see(i, rank of documents[i]), which returns a rank: whoever has a higher one from then on need not
  // be seen.
  template <class See>
  void each(std::span<const std::uint32_t> documents, const See& see) const {
    if (numbers_ == nullptr) {
      for (std::size_t i = 0; i < documents.size(); ++i) see(i, rank(code_of(documents[i])));
      return;
    }
    const ValueBands* const bands = numbers_->bands();
    // Bands from the first to the last, documents without a value at the end: 0 to 255.
    const auto place = [flip = static_cast<std::uint8_t>(descending_ ? 0xFF : 0),
                        add = static_cast<std::uint8_t>(descending_ ? 0 : 0xFF)](std::uint8_t band) {
      return static_cast<std::uint8_t>(static_cast<std::uint8_t>(band ^ flip) + add);
    };
    std::uint64_t last = missing_rank;
    std::uint8_t last_place = 0xFF;
    numbers_->each_of_bands(
        documents, [&](std::uint8_t band) { return place(band) <= last_place; },
        [&](std::size_t i, std::int64_t value) {
          const std::uint64_t now = see(i, rank(value));
          if (now == last || bands == nullptr) return;
          last = now;
          last_place = place(bands->of(value_of(now)));
        });
  }

 private:
  std::int64_t value_of(std::uint64_t rank) const {
    if (rank == missing_rank) return missing_number;
    const std::uint64_t ascending = descending_ ? missing_rank - 1 - rank : rank;
    return static_cast<std::int64_t>((ascending + 1) ^ (std::uint64_t{1} << 63U));
  }
  std::int64_t code_of(std::uint32_t document) const {
    const std::uint32_t code = keywords_->first_code(document);
    return code == KeywordColumn::no_code ? missing_number : std::int64_t{code};
  }

  bool descending_;
  const NumberColumn* numbers_ = nullptr;
  const KeywordColumn* keywords_ = nullptr;
};

struct Ranked {
  std::uint64_t rank = 0;  // by the first key
  std::uint32_t document = 0;
};

}  // namespace

std::vector<std::uint32_t> first_in_order(std::span<const SortKey> keys, const SegmentView& view,
                                          std::span<const std::uint32_t> documents, std::size_t count) {
  if (count == 0) return {};
  std::vector<KeyReader> readers;
  for (const SortKey& key : keys) readers.emplace_back(key, view);
  const DocumentIds& ids = view.segment->ids;
  const auto before = [&](const Ranked& a, const Ranked& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    for (std::size_t k = 1; k < readers.size(); ++k) {
      const std::uint64_t x = readers[k].rank_of(a.document);
      const std::uint64_t y = readers[k].rank_of(b.document);
      if (x != y) return x < y;
    }
    return ids.rank(a.document) < ids.rank(b.document);
  };
  std::vector<Ranked> heap;  // the last of the first so far in front
  heap.reserve(std::min(count, documents.size()));
  readers.front().each(documents, [&](std::size_t i, std::uint64_t rank) {
    const Ranked some{rank, documents[i]};
    if (heap.size() == count) {
      if (rank > heap.front().rank || !before(some, heap.front())) return heap.front().rank;
      std::ranges::pop_heap(heap, before);
      heap.pop_back();
    }
    heap.push_back(some);
    std::ranges::push_heap(heap, before);
    return heap.size() == count ? heap.front().rank : KeyReader::missing_rank;
  });
  std::ranges::sort_heap(heap, before);
  std::vector<std::uint32_t> first;
  first.reserve(heap.size());
  for (const Ranked& some : heap) first.push_back(some.document);
  return first;
}

}  // namespace aisle
