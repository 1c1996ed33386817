// Binary forms of documents and ops. All numbers are LEB128 varints in their shortest form, texts are length
// and bytes:
//
//   document  version, body, checksum        op  version, kind, lsn, what the kind carries, checksum
//   body      id, texts, numbers, keywords, stored; each list with its count first
//   token     (position - position before) * 2 + base, term
//   cell      field, zigzag of the value
//
// The checksum is the low half of the XXH3 of all before it, little-endian: a flipped bit is found, not
// believed.
#include "schemas/op.h"

#include <fmt/format.h>

#include <cassert>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/hash.h"

namespace aisle {
namespace {

constexpr std::uint8_t document_version = 1;
constexpr std::uint8_t op_version = 1;
constexpr std::size_t checksum_bytes = 4;
constexpr std::size_t varint_bytes_max = 10;
constexpr std::size_t id_bytes_max = 128;

std::uint64_t zigzag(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  return (bits << 1U) ^ (value < 0 ? ~0ULL : 0ULL);
}

std::int64_t unzigzag(std::uint64_t bits) {
  return static_cast<std::int64_t>((bits >> 1U) ^ (0ULL - (bits & 1U)));
}

// Appends to a string whose room was reserved by a bound computed beforehand.
class Writer {
 public:
  explicit Writer(std::size_t bytes_max) : bytes_(bytes_max, '\0'), at_(bytes_.data()) {}

  void byte(std::uint8_t value) { *at_++ = static_cast<char>(value); }
  void varint(std::uint64_t value) {
    while (value >= 0x80) {
      byte(static_cast<std::uint8_t>(value | 0x80U));
      value >>= 7U;
    }
    byte(static_cast<std::uint8_t>(value));
  }
  void text(std::string_view value) {
    varint(value.size());
    std::memcpy(at_, value.data(), value.size());
    at_ += value.size();
  }
  std::string finish() {
    const auto size = static_cast<std::size_t>(at_ - bytes_.data());
    auto sum = static_cast<std::uint32_t>(hash64(std::string_view(bytes_.data(), size)));
    for (std::size_t i = 0; i < checksum_bytes; ++i, sum >>= 8U) byte(static_cast<std::uint8_t>(sum & 0xFFU));
    bytes_.resize(size + checksum_bytes);
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  char* at_;
};

// Reads until something does not fit; after that every read returns nothing and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  bool ok() const { return ok_; }
  bool at_end() const { return at_ == end_; }
  void refuse() {
    ok_ = false;
    at_ = end_;
  }
  void expect(bool condition) {
    if (!condition) refuse();
  }
  std::uint8_t byte() {
    if (at_ == end_) {
      refuse();
      return 0;
    }
    return static_cast<std::uint8_t>(*at_++);
  }
  std::uint64_t varint() {
    const std::uint8_t first = byte();
    return first < 0x80 ? first : long_varint(first);
  }
  std::uint64_t varint_up_to(std::uint64_t max) {
    const std::uint64_t value = varint();
    expect(value <= max);
    return ok_ ? value : 0;
  }
  std::uint16_t field() {
    return static_cast<std::uint16_t>(varint_up_to(std::numeric_limits<std::uint16_t>::max()));
  }
  // A count of elements of at least `element_bytes` each, so that a damaged one cannot ask for more memory
  // than it has.
  std::size_t count(std::size_t element_bytes) {
    return static_cast<std::size_t>(varint_up_to(static_cast<std::size_t>(end_ - at_) / element_bytes));
  }
  std::string_view text() {
    const std::uint64_t size = varint();
    if (size > static_cast<std::uint64_t>(end_ - at_)) {
      refuse();
      return {};
    }
    const std::string_view value(at_, static_cast<std::size_t>(size));
    at_ += size;
    return value;
  }

 private:
  std::uint64_t long_varint(std::uint8_t first) {
    std::uint64_t value = first & 0x7FU;
    for (unsigned shift = 7; shift < 64; shift += 7) {
      const std::uint8_t next = byte();
      value |= static_cast<std::uint64_t>(next & 0x7FU) << shift;
      if (next >= 0x80) continue;
      expect(next != 0 && (shift < 63 || next == 1));  // shortest form, within 64 bits
      return value;
    }
    refuse();
    return 0;
  }

  const char* at_;
  const char* end_;
  bool ok_ = true;
};

std::size_t text_bound(std::string_view text) {
  return varint_bytes_max + text.size();
}
std::size_t numbers_bound(const std::vector<NumberCell>& numbers) {
  return 10 + 13 * numbers.size();
}

std::size_t document_bound(const Document& document) {
  std::size_t bytes = text_bound(document.id) + 2 * varint_bytes_max + numbers_bound(document.numbers) +
                      text_bound(document.stored);
  for (const FieldTokens& field : document.texts) {
    bytes += 2 * varint_bytes_max;
    for (const IndexToken& token : field.tokens) bytes += varint_bytes_max + text_bound(token.term);
  }
  for (const KeywordCell& cell : document.keywords) {
    bytes += 2 * varint_bytes_max;
    for (const std::string& value : cell.values) bytes += text_bound(value);
  }
  return bytes;
}

void write_texts(Writer& out, const std::vector<FieldTokens>& texts) {
  out.varint(texts.size());
  [[maybe_unused]] int last_field = -1;
  for (const FieldTokens& field : texts) {
    assert(field.field > last_field);
    last_field = field.field;
    out.varint(field.field);
    out.varint(field.tokens.size());
    std::uint32_t position = 0;
    for (const IndexToken& token : field.tokens) {
      assert(token.position >= position);
      out.varint(static_cast<std::uint64_t>(token.position - position) << 1U | (token.base ? 1U : 0U));
      out.text(token.term);
      position = token.position;
    }
  }
}

void write_numbers(Writer& out, const std::vector<NumberCell>& numbers) {
  out.varint(numbers.size());
  for (const NumberCell& cell : numbers) {
    out.varint(cell.field);
    out.varint(zigzag(cell.value));
  }
}

void write_keywords(Writer& out, const std::vector<KeywordCell>& keywords) {
  out.varint(keywords.size());
  [[maybe_unused]] int last_field = -1;
  for (const KeywordCell& cell : keywords) {
    assert(cell.field > last_field);
    last_field = cell.field;
    out.varint(cell.field);
    out.varint(cell.values.size());
    for (const std::string& value : cell.values) out.text(value);
  }
}

void write_id(Writer& out, std::string_view id) {
  assert(!id.empty() && id.size() <= id_bytes_max);
  out.text(id);
}

void write_document(Writer& out, const Document& document) {
  write_id(out, document.id);
  write_texts(out, document.texts);
  write_numbers(out, document.numbers);
  write_keywords(out, document.keywords);
  out.text(document.stored);
}

std::string read_id(Reader& in) {
  const std::string_view id = in.text();
  in.expect(!id.empty() && id.size() <= id_bytes_max);
  return std::string(id);
}

void read_tokens(Reader& in, std::vector<IndexToken>& tokens) {
  const std::size_t count = in.count(2);
  tokens.reserve(count);
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint64_t step = in.varint();
    position += step >> 1U;
    in.expect((step >> 1U) <= std::numeric_limits<std::uint32_t>::max() &&
              position <= std::numeric_limits<std::uint32_t>::max());
    const std::string_view term = in.text();
    tokens.push_back({std::string(term), static_cast<std::uint32_t>(position), (step & 1U) != 0});
  }
}

void read_texts(Reader& in, std::vector<FieldTokens>& texts) {
  const std::size_t count = in.count(2);
  texts.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    FieldTokens& field = texts.emplace_back();
    field.field = in.field();
    in.expect(i == 0 || texts[i - 1].field < field.field);
    read_tokens(in, field.tokens);
  }
}

void read_numbers(Reader& in, std::vector<NumberCell>& numbers) {
  const std::size_t count = in.count(2);
  numbers.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    const std::uint16_t field = in.field();
    numbers.push_back({field, unzigzag(in.varint())});
  }
}

void read_keywords(Reader& in, std::vector<KeywordCell>& keywords) {
  const std::size_t count = in.count(2);
  keywords.reserve(count);
  for (std::size_t i = 0; i < count && in.ok(); ++i) {
    KeywordCell& cell = keywords.emplace_back();
    cell.field = in.field();
    in.expect(i == 0 || keywords[i - 1].field < cell.field);
    const std::size_t values = in.count(1);
    cell.values.reserve(values);
    for (std::size_t j = 0; j < values && in.ok(); ++j) cell.values.emplace_back(in.text());
  }
}

void read_document(Reader& in, Document& document) {
  document.id = read_id(in);
  read_texts(in, document.texts);
  read_numbers(in, document.numbers);
  read_keywords(in, document.keywords);
  document.stored = in.text();
}

// The bytes between version and checksum, or why they are not to be trusted.
Result<std::string_view> checked_body(std::string_view what, std::string_view bytes, std::uint8_t version) {
  if (bytes.size() < 1 + checksum_bytes) {
    return fail(ErrorCode::DataLoss, fmt::format("{} is {} bytes, too short to be one", what, bytes.size()));
  }
  const auto found = static_cast<std::uint8_t>(bytes.front());
  const std::size_t end = bytes.size() - checksum_bytes;
  std::uint32_t sum = 0;
  for (std::size_t i = checksum_bytes; i-- > 0;) sum = sum << 8U | static_cast<std::uint8_t>(bytes[end + i]);
  if (sum != static_cast<std::uint32_t>(hash64(bytes.substr(0, end)))) {
    return fail(ErrorCode::DataLoss,
                fmt::format("{} of {} bytes does not match its checksum", what, bytes.size()));
  }
  if (found != version) {
    return fail(ErrorCode::DataLoss,
                fmt::format("{} has format {}, this program reads {}", what, found, version));
  }
  return bytes.substr(1, end - 1);
}

}  // namespace

std::string encode_document(const Document& document) {
  Writer out(1 + document_bound(document) + checksum_bytes);
  out.byte(document_version);
  write_document(out, document);
  return out.finish();
}

Result<Document> decode_document(std::string_view bytes) {
  AISLE_TRY(const auto body, checked_body("document", bytes, document_version));
  Reader in(body);
  Result<Document> document;
  read_document(in, *document);
  if (!in.ok() || !in.at_end()) return fail(ErrorCode::DataLoss, "document does not follow its format");
  return document;
}

std::string encode_op(const Op& op) {
  Writer out(2 + varint_bytes_max + text_bound(op.id) + document_bound(op.document) +
             numbers_bound(op.numbers) + text_bound(op.mark_key) + text_bound(op.mark_value) +
             checksum_bytes);
  out.byte(op_version);
  out.byte(static_cast<std::uint8_t>(op.kind));
  out.varint(op.lsn);
  switch (op.kind) {
    case OpKind::Upsert:
      assert(op.id == op.document.id);
      write_document(out, op.document);
      break;
    case OpKind::SetNumbers:
      write_id(out, op.id);
      write_numbers(out, op.numbers);
      break;
    case OpKind::Delete:
      write_id(out, op.id);
      break;
    case OpKind::Mark:
      out.text(op.mark_key);
      out.text(op.mark_value);
      break;
  }
  return out.finish();
}

Result<Op> decode_op(std::string_view bytes) {
  AISLE_TRY(const auto body, checked_body("op", bytes, op_version));
  Reader in(body);
  Result<Op> op;
  const std::uint8_t kind = in.byte();
  in.expect(kind <= static_cast<std::uint8_t>(OpKind::Mark));
  op->kind = in.ok() ? static_cast<OpKind>(kind) : OpKind::Mark;
  op->lsn = in.varint();
  switch (op->kind) {
    case OpKind::Upsert:
      read_document(in, op->document);
      op->id = op->document.id;
      break;
    case OpKind::SetNumbers:
      op->id = read_id(in);
      read_numbers(in, op->numbers);
      break;
    case OpKind::Delete:
      op->id = read_id(in);
      break;
    case OpKind::Mark:
      op->mark_key = in.text();
      op->mark_value = in.text();
      break;
  }
  if (!in.ok() || !in.at_end()) return fail(ErrorCode::DataLoss, "op does not follow its format");
  return op;
}

std::string format_lsn(Lsn lsn) {
  return fmt::format("{:X}/{:X}", lsn >> 32U, lsn & 0xFFFFFFFFU);
}

Result<Lsn> parse_lsn(std::string_view text) {
  const auto slash = text.find('/');
  const auto half = [](std::string_view digits, std::uint32_t& value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    return !digits.empty() && digits.size() <= 8 && error == std::errc() &&
           end == digits.data() + digits.size();
  };
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  if (slash == std::string_view::npos || !half(text.substr(0, slash), high) ||
      !half(text.substr(slash + 1), low)) {
    return fail(
        ErrorCode::InvalidArgument,
        fmt::format("LSN is \"{}\", expected two hexadecimal halves as in 16/B374D848", text.substr(0, 40)));
  }
  return static_cast<Lsn>(high) << 32U | low;
}

std::uint32_t shard_of(std::string_view id, std::uint32_t shards) {
  assert(shards >= 1);
  return static_cast<std::uint32_t>(hash64(id) % shards);
}

}  // namespace aisle
