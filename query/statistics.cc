#include "query/statistics.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <map>
#include <unordered_map>

#include "base/hash.h"

namespace aisle {
namespace {

constexpr std::string_view magic = "aisle-statistics-2";
constexpr std::string_view magic_of_any = "aisle-statistics-";

void put(std::string& out, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>((number >> shift) & 0xFFU);
}

Result<std::uint64_t> take(std::string_view& bytes) {
  if (bytes.size() < 8) return fail(ErrorCode::DataLoss, "the statistics file ends early");
  std::uint64_t number = 0;
  for (int i = 7; i >= 0; --i)
    number = (number << 8U) | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  bytes.remove_prefix(8);
  return number;
}

// Counts one term of one image: by field, since a term's frequency is the largest of its fields'.
using FieldCounts = std::vector<std::pair<std::uint16_t, std::uint32_t>>;

void count_term(const Segment& segment, TermId term, FieldCounts& counts) {
  for (std::uint32_t list = segment.term_lists[term]; list < segment.term_lists[term + 1]; ++list) {
    const Postings postings = segment.postings(list);
    const auto at = std::ranges::find(counts, postings.field, &FieldCounts::value_type::first);
    const auto count = static_cast<std::uint32_t>(postings.documents.size());
    if (at == counts.end()) {
      counts.emplace_back(postings.field, count);
    } else {
      at->second += count;
    }
  }
}

}  // namespace

std::uint32_t log2_fixed(std::uint64_t x) {
  __extension__ using Wide = unsigned __int128;
  const auto whole = static_cast<std::uint32_t>(std::bit_width(x) - 1);
  std::uint64_t mantissa = x << (63U - whole);  // [2^63, 2^64) stands for [1, 2)
  std::uint32_t fraction = 0;
  for (int bit = 0; bit < 8; ++bit) {
    const Wide square = static_cast<Wide>(mantissa) * mantissa;  // [2^126, 2^128)
    const bool two = (square >> 127U) != 0;
    mantissa = static_cast<std::uint64_t>(square >> (two ? 64U : 63U));
    fraction = (fraction << 1U) | (two ? 1U : 0U);
  }
  return (whole << 8U) | fraction;
}

std::shared_ptr<const Statistics> Statistics::collect(std::span<const std::shared_ptr<const Image>> shards,
                                                      const IndexContext& context) {
  const std::size_t fields = context.schema->fields.size();
  auto statistics = std::make_shared<Statistics>();
  std::vector<std::uint64_t> tokens(fields);
  std::vector<std::uint64_t> present(fields);
  std::unordered_map<std::string_view, FieldCounts> counts;
  for (const auto& image : shards) {
    statistics->documents_ += image->live();
    for (const SegmentView& view : image->segments) {
      const Segment& segment = *view.segment;
      for (TermId term = 0; term < segment.terms.size(); ++term) {
        count_term(segment, term, counts[segment.terms.term(term)]);
      }
      for (std::size_t field = 0; field < segment.lengths.size(); ++field) {
        for (const std::uint8_t length : segment.lengths[field]) {
          tokens[field] += length;
          present[field] += length > 0 ? 1U : 0U;
        }
      }
    }
  }
  for (std::size_t field = 0; field < fields; ++field) {
    const std::uint64_t mean = present[field] == 0 ? 256 : tokens[field] * 256 / present[field];
    statistics->mean_lengths_.push_back(static_cast<std::uint32_t>(std::max<std::uint64_t>(mean, 256)));
  }
  std::vector<std::pair<std::string_view, std::uint32_t>> kept;
  for (const auto& [term, by_field] : counts) {
    std::uint32_t most = 0;
    for (const auto& entry : by_field) most = std::max(most, entry.second);
    if (most > 1) kept.emplace_back(term, most);
  }
  std::ranges::sort(kept);
  std::vector<std::string_view> terms;
  for (const auto& [term, frequency] : kept) {
    terms.push_back(term);
    statistics->frequencies_.push_back(frequency);
  }
  statistics->terms_ = TermDictionary::build(terms, TermDictionary::Find::Hash);
  statistics->head_shares_ = learn_heads(shards, statistics->terms_, context);
  statistics->frequent_beginnings_ = FrequentBeginnings(statistics->terms_, statistics->frequencies_);
  statistics->fill_saturations();
  statistics->hash_ = hash_text(statistics->encode());
  return statistics;
}

std::uint32_t Statistics::saturate(std::uint32_t frequency, std::uint32_t length, std::uint32_t mean) {
  const std::uint32_t norm = 179 + 77 * length * 256 / mean;  // 256 * (1 - b + b * length / mean)
  return static_cast<std::uint32_t>(256ULL * 22 * frequency * 256 / (10ULL * frequency * 256 + 12ULL * norm));
}

void Statistics::fill_saturations() {
  for (const std::uint32_t mean : mean_lengths_) {
    for (std::uint32_t frequency = 1; frequency <= frequencies_kept; ++frequency) {
      for (std::uint32_t length = 0; length < 256; ++length)
        saturations_.push_back(static_cast<std::uint16_t>(saturate(frequency, length, mean)));
    }
  }
}

std::uint32_t Statistics::frequency(std::string_view term) const {
  const TermId id = terms_.find(term);
  return id == no_term ? 0 : frequencies_[id];
}

std::uint32_t Statistics::inverse_frequency(std::uint64_t documents) const {
  const std::uint64_t all = std::max<std::uint64_t>(documents_, 1);
  const std::uint64_t df = std::clamp<std::uint64_t>(documents, 1, all);
  return 256 + log2_fixed(all + 1) - log2_fixed(df + 1);
}

std::string Statistics::encode() const {
  std::string out(magic);
  put(out, documents_);
  put(out, mean_lengths_.size());
  for (const std::uint32_t mean : mean_lengths_) put(out, mean);
  put(out, terms_.size());
  for (TermId id = 0; id < terms_.size(); ++id) {
    put(out, frequencies_[id]);
    out += static_cast<char>(head_shares_[id]);
    put(out, terms_.term(id).size());
    out += terms_.term(id);
  }
  return out;
}

Result<std::shared_ptr<const Statistics>> Statistics::decode(std::string_view bytes) {
  auto statistics = std::make_shared<Statistics>();
  const std::string_view all = bytes;
  statistics->hash_ = hash_text(all);
  const std::string_view begin = bytes.substr(0, magic.size());
  if (begin != magic && begin.starts_with(magic_of_any) && begin.back() >= '1' && begin.back() < magic.back())
    return fail(ErrorCode::FailedPrecondition, "the statistics file is of a former version");
  if (begin != magic) return fail(ErrorCode::DataLoss, "not a statistics file of this version");
  bytes.remove_prefix(magic.size());
  AISLE_TRY(statistics->documents_, take(bytes));
  AISLE_TRY(const std::uint64_t fields, take(bytes));
  for (std::uint64_t i = 0; i < fields; ++i) {
    AISLE_TRY(const std::uint64_t mean, take(bytes));
    if (mean < 256) return fail(ErrorCode::DataLoss, "the statistics file has a mean length below one");
    statistics->mean_lengths_.push_back(static_cast<std::uint32_t>(mean));
  }
  AISLE_TRY(const std::uint64_t count, take(bytes));
  std::vector<std::string_view> terms;
  for (std::uint64_t i = 0; i < count; ++i) {
    AISLE_TRY(const std::uint64_t frequency, take(bytes));
    if (bytes.empty()) return fail(ErrorCode::DataLoss, "the statistics file ends early");
    const auto head_share = static_cast<std::uint8_t>(bytes.front());
    if (head_share == head_link) return fail(ErrorCode::DataLoss, "the statistics file is damaged");
    bytes.remove_prefix(1);
    AISLE_TRY(const std::uint64_t length, take(bytes));
    if (length > bytes.size()) return fail(ErrorCode::DataLoss, "the statistics file ends early");
    terms.push_back(bytes.substr(0, length));
    statistics->frequencies_.push_back(static_cast<std::uint32_t>(frequency));
    statistics->head_shares_.push_back(head_share);
    bytes.remove_prefix(length);
  }
  if (std::ranges::adjacent_find(terms, std::ranges::greater_equal()) != terms.end())
    return fail(ErrorCode::DataLoss, "the statistics file is not sorted");
  statistics->terms_ = TermDictionary::build(terms, TermDictionary::Find::Hash);
  statistics->frequent_beginnings_ = FrequentBeginnings(statistics->terms_, statistics->frequencies_);
  statistics->fill_saturations();
  if (statistics->encode() != all)  // numbers out of range, bytes behind the end
    return fail(ErrorCode::DataLoss, "the statistics file is damaged");
  return statistics;
}

}  // namespace aisle
