// A segment's numbers: I have a document, what is its value in this field?
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "query/bitmap.h"
#include "query/prefetch.h"
#include "query/value_bands.h"
#include "schemas/op.h"

namespace aisle {

struct NumberChange {
  std::uint32_t document = 0;
  std::int64_t value = missing_number;
};

// Numbers by document, in chunks that take 1, 2, 4 or 8 bytes a number, whatever their own range needs: what
// is read of a column should fit into a cache. Large columns of wider numbers have the band of each beside it,
// in a byte. Immutable; a changed column shares all chunks but those that the changes touch.
class NumberColumn {
  // A value is stored as what it is above the one before the chunk's least, missing ones as 0. All arithmetic
  // is modulo 2^64.
  struct Chunk {
    std::shared_ptr<const std::byte[]> stored;
    std::uint64_t before_least = 0;
    std::uint8_t width = 1;                         // bytes a number
    std::shared_ptr<const std::uint8_t[]> bands{};  // by document; null in columns without

    static Chunk build(std::span<const std::int64_t> values);
    bool is_missing() const { return stored == nothing(); }
    ByteRange stored_within(std::int64_t low, std::int64_t high) const;  // of one byte a number
    std::int64_t value(std::uint64_t some) const {
      return some == 0 ? missing_number : static_cast<std::int64_t>(before_least + some);
    }
    // Returns what read(first of the stored numbers) does, an unsigned type of their width.
    template <class Read>
    auto read(const Read& read) const {
      switch (width) {
        case 1:
          return read(reinterpret_cast<const std::uint8_t*>(stored.get()));
        case 2:
          return read(reinterpret_cast<const std::uint16_t*>(stored.get()));
        case 4:
          return read(reinterpret_cast<const std::uint32_t*>(stored.get()));
        default:
          return read(reinterpret_cast<const std::uint64_t*>(stored.get()));
      }
    }
  };

 public:
  static constexpr std::uint32_t chunk_size = 4096;

  NumberColumn() = default;
  static NumberColumn build(std::span<const std::int64_t> values);
  bool empty() const { return chunks_.empty(); }
  // `changes` ordered by document; of several for one document the last counts.
  NumberColumn with(std::span<const NumberChange> changes) const;

  std::int64_t get(std::uint32_t document) const {
    const Chunk& chunk = chunks_[document / chunk_size];
    return chunk.read([&](const auto* stored) { return chunk.value(stored[document % chunk_size]); });
  }
  void prefetch_value(std::uint32_t document) const {
    const Chunk& chunk = chunks_[document / chunk_size];
    prefetch(chunk.stored.get() + std::size_t{document % chunk_size} * chunk.width);
  }
  void prefetch_band(std::uint32_t document) const {
    prefetch(chunks_[document / chunk_size].bands.get() + document % chunk_size);
  }
  // Calls see(i, value of documents[i]) in turn; ascending documents are read chunk by chunk.
  template <class See>
  void each(std::span<const std::uint32_t> documents, See&& see) const {
    each_block(
        documents, [&](std::uint32_t document) { prefetch_value(document); },
        [&](std::size_t begin, std::size_t end) {
          each_chunk(documents, begin, end, [&](const Chunk& chunk, std::size_t from, std::size_t to) {
            chunk.read([&](const auto* stored) {
              for (std::size_t i = from; i < to; ++i) see(i, chunk.value(stored[documents[i] % chunk_size]));
            });
          });
        });
  }
  // Keeps those of ascending documents that have a value within [low, high].
  void keep_within(std::int64_t low, std::int64_t high, std::vector<std::uint32_t>& documents) const;
  // Whether those of a set of bits can be told by a byte each, a word of bits at a time.
  bool has_bytes() const;
  // Those of `documents` that have a value within [low, high]; has_bytes().
  Bitmap within(std::int64_t low, std::int64_t high, const Bitmap& documents) const;
  // The bands of values; null: there are none.
  const ValueBands* bands() const { return bands_.get(); }
  // As each(), but of a column with bands only where may_matter(band) is true.
  template <class MayMatter, class See>
  void each_of_bands(std::span<const std::uint32_t> documents, MayMatter&& may_matter, See&& see) const {
    if (!bands_) return each(documents, see);
    each_block(
        documents, [&](std::uint32_t document) { prefetch_band(document); },
        [&](std::size_t begin, std::size_t end) {
          each_chunk(documents, begin, end, [&](const Chunk& chunk, std::size_t from, std::size_t to) {
            for (std::size_t i = from; i < to; ++i) {
              const std::uint32_t place = documents[i] % chunk_size;
              if (!may_matter(chunk.bands[place])) continue;
              chunk.read([&](const auto* stored) { see(i, chunk.value(stored[place])); });
            }
          });
        });
  }
  // Calls see(document, value) for the first `size` documents that have one, chunk by chunk.
  template <class See>
  void each_present(std::uint32_t size, See&& see) const {
    for (std::uint32_t begin = 0; begin < size; begin += chunk_size) {
      const Chunk& chunk = chunks_[begin / chunk_size];
      if (chunk.is_missing()) continue;
      chunk.read([&](const auto* stored) {
        for (std::uint32_t i = 0; i < std::min(chunk_size, size - begin); ++i) {
          if (stored[i] != 0) see(begin + i, chunk.value(stored[i]));
        }
      });
    }
  }
  std::size_t bytes() const;

 private:
  // Calls use(chunk, from, to) for the parts of documents [begin, end) that lie in one chunk.
  template <class Use>
  void each_chunk(std::span<const std::uint32_t> documents, std::size_t begin, std::size_t end,
                  const Use& use) const {
    while (begin < end) {
      const std::uint32_t number = documents[begin] / chunk_size;
      std::size_t to = begin + 1;
      if (documents[end - 1] / chunk_size == number) {
        to = end;
      } else {
        while (documents[to] / chunk_size == number) ++to;
      }
      use(chunks_[number], begin, to);
      begin = to;
    }
  }
  // Calls use(number of the word, place of its first document in the chunk, word) for those of the chunk's words
  // that are not zero.
  template <class Use>
  static void each_word(std::size_t chunk, const Bitmap& documents, const Use& use) {
    const std::vector<std::uint64_t>& words = documents.words();
    const std::size_t begin = chunk * (chunk_size / 64);
    const std::size_t end = std::min(begin + chunk_size / 64, words.size());
    for (std::size_t i = begin; i < end; ++i) {
      if (words[i] != 0) use(i, (i - begin) * 64, words[i]);
    }
  }
  // What all chunks without a value share.
  static const std::shared_ptr<const std::byte[]>& nothing();
  void add_bands(std::span<const std::int64_t> values);

  std::vector<Chunk> chunks_;
  std::shared_ptr<const ValueBands> bands_;
};

}  // namespace aisle
