// A batch: format byte, header, hash of the body, checksum of all before it, body. Numbers are little-endian
// and of fixed width; an op of the body is its length in four bytes and encode_op().
#include "schemas/op_batch.h"

#include <fmt/format.h>

#include <cassert>

namespace aisle {
namespace {

constexpr std::uint8_t batch_format = 1;
constexpr std::size_t index_bytes_max = 64;

template <class Number>
void put(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    out += static_cast<char>(static_cast<std::uint8_t>(number >> (8 * i)));
  }
}

void put(std::string& out, const Hash128& hash) {
  put(out, hash.high);
  put(out, hash.low);
}

// Takes from the front until something is missing; then everything is zero and ok() false.
class FixedReader {
 public:
  explicit FixedReader(std::string_view bytes) : rest_(bytes), all_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view taken() const { return all_.substr(0, all_.size() - rest_.size()); }
  std::string_view rest() const { return rest_; }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  template <class Number>
  Number number() {
    const std::string_view bytes = text(sizeof(Number));
    Number value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      value = static_cast<Number>(value << 8U | static_cast<std::uint8_t>(bytes[i]));
    }
    return value;
  }
  std::uint8_t byte() {
    const std::string_view found = text(1);
    return found.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(found.front());
  }
  Hash128 hash() {
    const auto high = number<std::uint64_t>();
    return {high, number<std::uint64_t>()};
  }

 private:
  std::string_view rest_;
  std::string_view all_;
  bool ok_ = true;
};

tl::unexpected<Error> damaged(const std::string& why) {
  return fail(ErrorCode::DataLoss, "op batch " + why);
}

void put_header(std::string& out, const OpBatchHeader& header) {
  put(out, static_cast<std::uint8_t>(header.log.index.size()));
  out += header.log.index;
  put(out, header.log.generation);
  put(out, header.log.shard);
  put(out, header.source.system_id);
  put(out, header.source.timeline);
  put(out, header.after.epoch);
  put(out, header.after.term);
  put(out, header.first_seq);
  put(out, header.count);
  put(out, header.lsn);
  put(out, header.before);
  put(out, header.after.chain);
}

OpBatchHeader take_header(FixedReader& in) {
  OpBatchHeader header;
  const std::size_t index_bytes = in.byte();
  header.log.index = in.text(index_bytes);
  header.log.generation = in.number<std::uint32_t>();
  header.log.shard = in.number<std::uint32_t>();
  header.source.system_id = in.number<std::uint64_t>();
  header.source.timeline = in.number<std::uint32_t>();
  header.after.epoch = in.number<std::uint32_t>();
  header.after.term = in.number<std::uint64_t>();
  header.first_seq = in.number<Seq>();
  header.count = in.number<std::uint32_t>();
  header.lsn = in.number<Lsn>();
  header.before = in.hash();
  header.after.chain = in.hash();
  return header;
}

struct Opened {
  OpBatchHeader header;
  std::uint64_t body_hash = 0;
  std::string_view body;
};

Result<Opened> open(std::string_view bytes) {
  if (bytes.size() > batch_bytes_max) {
    return damaged(fmt::format("is {} bytes, the limit is {}", bytes.size(), batch_bytes_max));
  }
  FixedReader in(bytes);
  const std::uint8_t format = in.byte();
  Opened opened;
  opened.header = take_header(in);
  opened.body_hash = in.number<std::uint64_t>();
  const std::string_view checked = in.taken();
  const auto sum = in.number<std::uint64_t>();
  if (!in.ok()) return damaged(fmt::format("of {} bytes ends within its header", bytes.size()));
  if (sum != hash64(checked)) return damaged("has a header that does not match its checksum");
  if (format != batch_format) {
    return damaged(fmt::format("has format {}, this program reads {}", format, batch_format));
  }
  const OpBatchHeader& header = opened.header;
  if (header.count == 0 || header.first_seq == 0 || header.last_seq() < header.first_seq) {
    return damaged("says it has no ops");
  }
  opened.body = in.rest();
  return opened;
}

}  // namespace

std::string encode_op_batch(OpBatchHeader& header, const std::vector<std::string>& ops) {
  assert(!ops.empty() && header.log.index.size() <= index_bytes_max);
  std::string body;
  header.count = static_cast<std::uint32_t>(ops.size());
  header.after.chain = header.before;
  for (const std::string& op : ops) {
    put(body, static_cast<std::uint32_t>(op.size()));
    body += op;
    header.after.chain = chain_hash(header.after.chain, op);
  }
  std::string out;
  out.reserve(256 + body.size());
  put(out, batch_format);
  put_header(out, header);
  put(out, hash64(body));
  put(out, hash64(out));
  return out + body;
}

Result<OpBatchHeader> decode_op_batch_header(std::string_view bytes) {
  AISLE_TRY(Opened opened, open(bytes));
  return std::move(opened.header);
}

Result<OpBatch> decode_op_batch(std::string_view bytes) {
  AISLE_TRY(Opened opened, open(bytes));
  if (hash64(opened.body) != opened.body_hash) return damaged("has a body that does not match its hash");
  FixedReader in(opened.body);
  OpBatch batch;
  Hash128 chain = opened.header.before;
  while (in.ok() && !in.at_end()) {
    const std::string_view text = in.text(in.number<std::uint32_t>());
    if (!in.ok()) break;
    AISLE_TRY(Op op, decode_op(text));
    chain = chain_hash(chain, text);
    batch.ops.push_back(std::move(op));
    batch.chains.push_back(chain);
  }
  if (!in.ok() || batch.ops.size() != opened.header.count)
    return damaged("has another number of ops than it says");
  if (chain != opened.header.after.chain) return damaged("has ops that do not make its chain");
  if (batch.ops.back().lsn != opened.header.lsn) return damaged("has another LSN than its last op");
  batch.header = std::move(opened.header);
  return batch;
}

}  // namespace aisle
