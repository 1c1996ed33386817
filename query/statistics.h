// How common each term is in one generation: the part of a score that must be the same on every shard and
// replica. Fixed until the next version, so that ops arriving on one shard do not move scores on another.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "query/frequent_beginnings.h"
#include "query/image.h"
#include "query/prepared_segment.h"
#include "query/segment_cache.h"
#include "query/term_dictionary.h"

namespace aisle {

// Immutable; share freely.
class Statistics {
 public:
  // Over all shards of a generation. A term's frequency is the largest of its document counts by field; sums
  // of shards are exact when the images hold no deleted documents.
  static std::shared_ptr<const Statistics> collect(std::span<const std::shared_ptr<const Image>> shards,
                                                   const IndexContext& context);

  std::uint64_t documents() const { return documents_; }
  // Documents that hold the term; 0 when it was in less than two when the statistics were collected.
  std::uint32_t frequency(std::string_view term) const;
  // The terms that occur in two documents at least.
  const TermDictionary& terms() const { return terms_; }
  std::uint32_t frequency(TermId term) const { return frequencies_[term]; }
  // Of a term that terms() number `known`, or may do so when that is no_term.
  std::uint32_t frequency(TermId known, std::string_view term) const {
    return known != no_term ? frequency(known) : frequency(term);
  }
  // Whether term a comes before b where the most frequent are asked for.
  bool comes_first(TermId a, TermId b) const { return FrequentBeginnings::comes_first(frequencies_, a, b); }
  const FrequentBeginnings& frequent_beginnings() const { return frequent_beginnings_; }
  // log2((N + 1) / (df + 1)) + 1 as fixed point with 8 fractional bits, made of integers alone; at least 256.
  std::uint32_t inverse_frequency(std::string_view term) const {
    return inverse_frequency(std::uint64_t{frequency(term)});
  }
  // The same for a number of documents, at least 1.
  std::uint32_t inverse_frequency(std::uint64_t documents) const;
  // Mean tokens of a field where it is present, 8 fractional bits; at least 256.
  std::uint32_t mean_length(std::uint16_t field) const {
    return field < mean_lengths_.size() ? mean_lengths_[field] : 256;
  }
  // How much of its points a term earns that stands `frequency` times in a field of `length` tokens, of 256
  // (BM25):
  //   256 * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean)) with k1 = 1.2, b = 0.3
  std::uint32_t saturation(std::uint16_t field, std::uint8_t frequency, std::uint8_t length) const {
    const std::size_t at = (std::size_t{field} * frequencies_kept + frequency - 1U) * 256 + length;
    return frequency - 1U < frequencies_kept && at < saturations_.size()
               ? saturations_[at]
               : saturate(frequency, length, mean_length(field));
  }
  // head_break, or how often the term is the head of the titles that hold it (query/head_words.h).
  std::uint8_t head_share(TermId term) const { return head_shares_[term]; }
  // What they make of a segment. Made when first asked for, a tenth of a second for a million titles or values:
  // ask before queries do.
  std::shared_ptr<const PreparedSegment> prepared(const std::shared_ptr<const Segment>& segment,
                                                  const IndexContext& context) const {
    return prepared_.of(segment, [&] {
      return std::make_shared<const PreparedSegment>(*segment, terms_, head_shares_, frequent_beginnings_,
                                                     context);
    });
  }
  // Names this version: equal statistics have equal hashes.
  const std::string& hash() const { return hash_; }

  std::string encode() const;
  // FailedPrecondition for those of a former version of aisle; DataLoss for anything else that encode()
  // cannot have written.
  static Result<std::shared_ptr<const Statistics>> decode(std::string_view bytes);
  std::size_t bytes() const {
    return terms_.bytes() + frequencies_.capacity() * sizeof(std::uint32_t) +
           saturations_.capacity() * sizeof(std::uint16_t) + head_shares_.capacity() +
           frequent_beginnings_.bytes();
  }

 private:
  static constexpr std::size_t frequencies_kept = 4;  // hardly a word stands more often in a field

  static std::uint32_t saturate(std::uint32_t frequency, std::uint32_t length, std::uint32_t mean);
  void fill_saturations();

  std::uint64_t documents_ = 0;
  std::vector<std::uint32_t> mean_lengths_;  // by field number
  TermDictionary terms_;  // those in more than one document; once is what an unknown one gets
  std::vector<std::uint32_t> frequencies_;
  std::vector<std::uint8_t> head_shares_;  // by term
  FrequentBeginnings frequent_beginnings_;
  SegmentCache<PreparedSegment> prepared_;
  std::vector<std::uint16_t> saturations_;  // by field, frequency from 1, length
  std::string hash_;
};

// floor(log2(x) * 256) for x >= 1.
std::uint32_t log2_fixed(std::uint64_t x);

}  // namespace aisle
