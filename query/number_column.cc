#include "query/number_column.h"

#include <array>
#include <bit>
#include <utility>

namespace aisle {
namespace {

constexpr std::size_t banded_least =
    2 * std::size_t{NumberColumn::chunk_size};  // smaller ones fit into a cache

template <class Stored>
std::shared_ptr<const std::byte[]> pack(std::span<const std::int64_t> values, std::uint64_t before_least) {
  auto stored = std::make_shared<Stored[]>(NumberColumn::chunk_size);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != missing_number)
      stored[i] = static_cast<Stored>(static_cast<std::uint64_t>(values[i]) - before_least);
  }
  return {stored, reinterpret_cast<const std::byte*>(stored.get())};
}

}  // namespace

const std::shared_ptr<const std::byte[]>& NumberColumn::nothing() {
  static const std::shared_ptr<const std::byte[]> zeros = std::make_shared<std::byte[]>(chunk_size);
  return zeros;
}

NumberColumn::Chunk NumberColumn::Chunk::build(std::span<const std::int64_t> values) {
  std::int64_t least = 0;
  std::int64_t most = 0;
  bool any = false;
  for (const std::int64_t value : values) {
    if (value == missing_number) continue;
    least = any ? std::min(least, value) : value;
    most = any ? std::max(most, value) : value;
    any = true;
  }
  if (!any) return {nothing(), 0, 1};
  Chunk chunk{nullptr, static_cast<std::uint64_t>(least) - 1, 8};
  const std::uint64_t largest = static_cast<std::uint64_t>(most) - chunk.before_least;
  for (const std::uint8_t width : std::to_array<std::uint8_t>({4, 2, 1})) {
    if (largest >> (width * 8U) == 0) chunk.width = width;
  }
  chunk.stored = chunk.width == 1   ? pack<std::uint8_t>(values, chunk.before_least)
                 : chunk.width == 2 ? pack<std::uint16_t>(values, chunk.before_least)
                 : chunk.width == 4 ? pack<std::uint32_t>(values, chunk.before_least)
                                    : pack<std::uint64_t>(values, chunk.before_least);
  return chunk;
}

NumberColumn NumberColumn::build(std::span<const std::int64_t> values) {
  NumberColumn column;
  for (std::size_t begin = 0; begin < values.size(); begin += chunk_size)
    column.chunks_.push_back(
        Chunk::build(values.subspan(begin, std::min<std::size_t>(chunk_size, values.size() - begin))));
  const bool wide = std::ranges::any_of(column.chunks_, [](const Chunk& chunk) { return chunk.width > 1; });
  if (wide && values.size() >= banded_least) column.add_bands(values);
  return column;
}

void NumberColumn::add_bands(std::span<const std::int64_t> values) {
  bands_ = std::make_shared<const ValueBands>(values);
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    const std::size_t begin = i * chunk_size;
    auto bands = std::make_shared<std::uint8_t[]>(chunk_size);
    std::ranges::transform(values.subspan(begin, std::min<std::size_t>(chunk_size, values.size() - begin)),
                           bands.get(), [&](std::int64_t value) { return bands_->of(value); });
    chunks_[i].bands = std::move(bands);
  }
}

NumberColumn NumberColumn::with(std::span<const NumberChange> changes) const {
  NumberColumn changed = *this;
  std::array<std::int64_t, chunk_size> values{};
  for (std::size_t i = 0; i < changes.size();) {
    const std::uint32_t number = changes[i].document / chunk_size;
    Chunk& chunk = changed.chunks_[number];
    chunk.read([&](const auto* stored) {
      std::transform(stored, stored + chunk_size, values.begin(),
                     [&](std::uint64_t some) { return chunk.value(some); });
    });
    std::shared_ptr<std::uint8_t[]> bands;
    if (bands_) {
      bands = std::make_shared<std::uint8_t[]>(chunk_size);
      std::copy_n(chunk.bands.get(), chunk_size, bands.get());
    }
    for (; i < changes.size() && changes[i].document / chunk_size == number; ++i) {
      const std::uint32_t place = changes[i].document % chunk_size;
      values[place] = changes[i].value;
      if (bands) bands[place] = bands_->of(changes[i].value);
    }
    chunk = Chunk::build(values);
    chunk.bands = std::move(bands);
  }
  return changed;
}

void NumberColumn::keep_within(std::int64_t low, std::int64_t high,
                               std::vector<std::uint32_t>& documents) const {
  low = std::max(low, missing_number + 1);
  std::size_t kept = 0;
  if (!bands_) {
    each(documents, [&](std::size_t i, std::int64_t value) {
      documents[kept] = documents[i];
      kept += static_cast<std::size_t>(value >= low) & static_cast<std::size_t>(value <= high);
    });
  } else {
    const ValueBands::Range range = bands_->range(low, high);
    each_block(
        documents, [&](std::uint32_t document) { prefetch_band(document); },
        [&](std::size_t begin, std::size_t end) {
          each_chunk(documents, begin, end, [&](const Chunk& chunk, std::size_t from, std::size_t to) {
            const std::uint8_t* const bands = chunk.bands.get();
            for (std::size_t i = from; i < to; ++i) {
              const std::uint32_t document = documents[i];
              const std::uint8_t band = bands[document % chunk_size];
              std::size_t within = range.wholly(band) ? 1 : 0;
              if (range.partly(band)) {
                const std::int64_t value = get(document);
                within = static_cast<std::size_t>(value >= low) & static_cast<std::size_t>(value <= high);
              }
              documents[kept] = document;
              kept += within;
            }
          });
        });
  }
  documents.resize(kept);
}

bool NumberColumn::has_bytes() const {
  return bands_ || std::ranges::all_of(chunks_, [](const Chunk& chunk) { return chunk.width == 1; });
}

// The stored bytes of numbers within [low, high].
ByteRange NumberColumn::Chunk::stored_within(std::int64_t low, std::int64_t high) const {
  const std::int64_t least = value(1);
  if (low > high || high < least) return {};
  const std::uint64_t first = low <= least ? 1 : static_cast<std::uint64_t>(low) - before_least;
  if (first > 0xFF) return {};
  const std::uint64_t last = std::min<std::uint64_t>(0xFF, static_cast<std::uint64_t>(high) - before_least);
  return {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(last - first + 1)};
}

Bitmap NumberColumn::within(std::int64_t low, std::int64_t high, const Bitmap& documents) const {
  low = std::max(low, missing_number + 1);
  std::vector<std::uint64_t> kept(documents.words().size());
  std::vector<std::uint32_t> unsure;
  const ValueBands::Range range = bands_ ? bands_->range(low, high) : ValueBands::Range();
  const BytesWithin inside(range.inside);
  const BytesWithin touched(range.touched());
  for (std::size_t number = 0; number < chunks_.size(); ++number) {
    const Chunk& chunk = chunks_[number];
    if (!bands_) {
      const auto* const stored = reinterpret_cast<const std::uint8_t*>(chunk.stored.get());
      const BytesWithin wanted(chunk.stored_within(low, high));
      each_word(number, documents, [&](std::size_t i, std::size_t place, std::uint64_t word) {
        kept[i] = word & wanted.bits(stored + place);
      });
      continue;
    }
    const std::uint8_t* const bands = chunk.bands.get();
    each_word(number, documents, [&](std::size_t i, std::size_t place, std::uint64_t word) {
      const std::uint64_t some = word & touched.bits(bands + place);
      kept[i] = some & inside.bits(bands + place);
      for (std::uint64_t more = some ^ kept[i]; more != 0; more &= more - 1)
        unsure.push_back(
            static_cast<std::uint32_t>(i * 64 + static_cast<std::size_t>(std::countr_zero(more))));
    });
  }
  for (const std::uint32_t document : unsure) {
    const std::int64_t value = get(document);
    if (value >= low && value <= high) kept[document / 64] |= std::uint64_t{1} << (document % 64);
  }
  return Bitmap(std::move(kept));
}

std::size_t NumberColumn::bytes() const {
  std::size_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) {
    bytes += chunk.is_missing() ? 0 : std::size_t{chunk.width} * chunk_size;
    bytes += chunk.bands ? chunk_size : 0;
  }
  if (bands_) bytes += bands_->bytes();
  return bytes;
}

}  // namespace aisle
