#include "query/number_column.h"

#include <array>

namespace aisle {
namespace {

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
  return column;
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
    for (; i < changes.size() && changes[i].document / chunk_size == number; ++i)
      values[changes[i].document % chunk_size] = changes[i].value;
    chunk = Chunk::build(values);
  }
  return changed;
}

std::size_t NumberColumn::bytes() const {
  std::size_t bytes = chunks_.capacity() * sizeof(Chunk);
  for (const Chunk& chunk : chunks_) bytes += chunk.is_missing() ? 0 : std::size_t{chunk.width} * chunk_size;
  return bytes;
}

}  // namespace aisle
