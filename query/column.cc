#include "query/column.h"

#include <algorithm>

namespace aisle {

NumberColumn NumberColumn::build(std::span<const std::int64_t> values) {
  NumberColumn column;
  for (std::size_t begin = 0; begin < values.size(); begin += chunk_size) {
    const auto part = values.subspan(begin, std::min<std::size_t>(chunk_size, values.size() - begin));
    if (std::ranges::all_of(part, [](std::int64_t value) { return value == missing_number; })) {
      column.chunks_.push_back(nullptr);
      continue;
    }
    auto chunk = std::make_shared<Chunk>();
    chunk->fill(missing_number);
    std::ranges::copy(part, chunk->begin());
    column.chunks_.push_back(std::move(chunk));
  }
  return column;
}

NumberColumn NumberColumn::with(std::span<const NumberChange> changes) const {
  NumberColumn changed = *this;
  for (std::size_t i = 0; i < changes.size();) {
    const std::uint32_t number = changes[i].document / chunk_size;
    auto& slot = changed.chunks_[number];
    auto chunk = std::make_shared<Chunk>();
    if (slot) {
      *chunk = *slot;
    } else {
      chunk->fill(missing_number);
    }
    for (; i < changes.size() && changes[i].document / chunk_size == number; ++i) {
      (*chunk)[changes[i].document % chunk_size] = changes[i].value;
    }
    slot = std::move(chunk);
  }
  return changed;
}

std::size_t NumberColumn::bytes() const {
  const auto used = std::ranges::count_if(chunks_, [](const auto& chunk) { return chunk != nullptr; });
  return static_cast<std::size_t>(used) * sizeof(Chunk) + chunks_.capacity() * sizeof(chunks_[0]);
}

KeywordColumn KeywordColumn::restore(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                                     TermDictionary values) {
  KeywordColumn column;
  column.values_ = std::move(values);
  column.offsets_ = std::move(offsets);
  column.codes_ = std::move(codes);
  column.fill_lists();
  return column;
}

void KeywordColumn::fill_lists() {
  frequencies_.assign(values_.size(), 0);
  for (const std::uint32_t code : codes_) {
    if (code != no_code) ++frequencies_[code];
  }
  list_begins_.reserve(values_.size());
  std::uint32_t end = 0;
  for (std::uint32_t code = 0; code < values_.size(); ++code) {
    list_begins_.push_back(end);
    end += is_listed(code) ? frequencies_[code] : 0;
  }
  listed_.resize(end);
  std::vector<std::uint32_t> next = list_begins_;
  for (std::uint32_t document = 0; document < size(); ++document) {
    for (const std::uint32_t code : codes(document)) {
      if (is_listed(code)) listed_[next[code]++] = document;
    }
  }
}

KeywordColumn KeywordColumn::build(std::vector<std::uint32_t> offsets, std::vector<std::uint32_t> codes,
                                   TermDictionary values) {
  KeywordColumn column;
  column.values_ = std::move(values);
  const std::size_t documents = offsets.size() - 1;
  const auto has_several = [&](std::size_t i) { return offsets[i + 1] - offsets[i] > 1; };
  bool single = true;
  for (std::size_t i = 0; i < documents && single; ++i) single = !has_several(i);
  if (single) {
    column.codes_.reserve(documents);
    for (std::size_t i = 0; i < documents; ++i) {
      column.codes_.push_back(offsets[i] == offsets[i + 1] ? no_code : codes[offsets[i]]);
    }
    column.fill_lists();
    return column;
  }
  offsets.shrink_to_fit();
  codes.shrink_to_fit();
  column.offsets_ = std::move(offsets);
  column.codes_ = std::move(codes);
  column.fill_lists();
  return column;
}

}  // namespace aisle
