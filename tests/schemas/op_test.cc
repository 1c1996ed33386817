#include "schemas/op.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <array>
#include <set>

#include "base/hash.h"

namespace aisle {
namespace {

rc::Gen<std::string> bytes_up_to(int max) {
  return rc::gen::mapcat(rc::gen::inRange(0, max + 1), [](int size) {
    return rc::gen::container<std::string>(static_cast<std::size_t>(size), rc::gen::arbitrary<char>());
  });
}

rc::Gen<std::string> any_id() {
  return rc::gen::map(bytes_up_to(127), [](std::string rest) { return "p" + rest; });
}

// Strictly ascending field numbers, small ones and large ones.
std::vector<std::uint16_t> any_fields() {
  const auto fields = *rc::gen::container<std::set<std::uint16_t>>(
      rc::gen::oneOf(rc::gen::inRange<std::uint16_t>(0, 200), rc::gen::arbitrary<std::uint16_t>()));
  return {fields.begin(), fields.end()};
}

std::vector<NumberCell> any_numbers() {
  std::vector<NumberCell> cells;
  for (const std::uint16_t field : any_fields()) {
    const auto value = *rc::gen::oneOf(rc::gen::arbitrary<std::int64_t>(), rc::gen::just(missing_number),
                                       rc::gen::just(std::numeric_limits<std::int64_t>::max()));
    cells.push_back({field, value});
  }
  return cells;
}

Document any_document() {
  Document document;
  document.id = *any_id();
  for (const std::uint16_t field : any_fields()) {
    FieldTokens tokens{field, {}};
    std::uint64_t position = 0;
    for (const auto step : *rc::gen::container<std::vector<std::uint32_t>>(
             rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(0, 3), rc::gen::arbitrary<std::uint32_t>()))) {
      position += step;
      if (position > std::numeric_limits<std::uint32_t>::max()) break;
      tokens.tokens.push_back(
          {*bytes_up_to(20), static_cast<std::uint32_t>(position), *rc::gen::arbitrary<bool>()});
    }
    document.texts.push_back(std::move(tokens));
  }
  document.numbers = any_numbers();
  for (const std::uint16_t field : any_fields()) {
    const auto values = *rc::gen::container<std::set<std::string>>(bytes_up_to(10));
    document.keywords.push_back({field, {values.begin(), values.end()}});
  }
  document.stored = *bytes_up_to(300);
  return document;
}

Op any_op() {
  Op op;
  op.kind = *rc::gen::element(OpKind::Upsert, OpKind::SetNumbers, OpKind::Delete, OpKind::Mark);
  op.lsn = *rc::gen::arbitrary<Lsn>();
  if (op.kind == OpKind::Upsert) op.document = any_document();
  if (op.kind == OpKind::Upsert) op.id = op.document.id;
  if (op.kind == OpKind::SetNumbers || op.kind == OpKind::Delete) op.id = *any_id();
  if (op.kind == OpKind::SetNumbers) op.numbers = any_numbers();
  if (op.kind == OpKind::Mark) op.mark_key = *bytes_up_to(40);
  if (op.kind == OpKind::Mark) op.mark_value = *bytes_up_to(200);
  return op;
}

Document kettle() {
  return {
      .id = "p1",
      .texts = {{0, {{"steel", 0, true}, {"kettle", 1, true}, {"17l", 2, false}, {"17", 2, true}}}, {7, {}}},
      .numbers = {{2, 1999}, {300, -5}},
      .keywords = {{1, {"Home", "Home > Kitchen"}}, {9, {}}},
      .stored = R"({"title":"Steel kettle 1.7 l"})"};
}

// A body with version in front and a right checksum behind: what only the format's own checks can refuse.
std::string sealed(std::string bytes) {
  auto sum = static_cast<std::uint32_t>(hash64(bytes));
  for (int i = 0; i < 4; ++i, sum >>= 8U) bytes += static_cast<char>(sum & 0xFFU);
  return bytes;
}

std::string unsealed(const std::string& bytes) {
  return bytes.substr(0, bytes.size() - 4);
}

TEST(Op, DocumentComesBackAsItWas) {
  const std::string bytes = encode_document(kettle());
  EXPECT_EQ(decode_document(bytes).value(), kettle());
  EXPECT_LT(bytes.size(), 130U);
  Document smallest;
  smallest.id = "x";
  EXPECT_EQ(decode_document(encode_document(smallest)).value(), smallest);
}

TEST(Op, StoredBytesOfFormatOneStayReadable) {
  const Document document{.id = "p1",
                          .texts = {{3, {{"tv", 1, true}}}},
                          .numbers = {{4, -1}},
                          .keywords = {{5, {"A"}}},
                          .stored = "{}"};
  const std::string body(
      "\x01\x02p1\x01\x03\x01\x03\x02tv\x01\x04\x01\x01\x05\x01\x01"
      "A\x02{}",
      22);
  EXPECT_EQ(encode_document(document), sealed(body));
}

TEST(Op, EveryBitFlipAndEveryCutIsNoticed) {
  Op op;
  op.kind = OpKind::Upsert;
  op.lsn = 77;
  op.id = "p1";
  op.document = kettle();
  const std::string bytes = encode_op(op);
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string flipped = bytes;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << (i % 8)));
    const auto decoded = decode_op(flipped);
    ASSERT_FALSE(decoded) << "bit " << i;
    EXPECT_EQ(decoded.error().code, ErrorCode::DataLoss);
  }
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(decode_op(std::string_view(bytes).substr(0, size))) << size << " bytes";
  }
  EXPECT_FALSE(decode_op(bytes + '\0'));
}

TEST(Op, CutBodiesAreRefusedEvenWithARightChecksum) {
  const std::string body = unsealed(encode_document(kettle()));
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_FALSE(decode_document(sealed(body.substr(0, size)))) << size << " bytes";
  }
  EXPECT_FALSE(decode_document(sealed(body + '\0')));
}

TEST(Op, OtherFormatsAndKindsAreNamed) {
  std::string body = unsealed(encode_document(kettle()));
  body[0] = 9;
  EXPECT_EQ(decode_document(sealed(body)).error().message, "document has format 9, this program reads 1");
  EXPECT_EQ(decode_op(sealed(std::string("\x01\x04\x00\x00\x00", 5))).error().code, ErrorCode::DataLoss);
}

TEST(Op, DamagedCountsCannotAskForMemory) {
  const std::string huge = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F";
  for (const std::string& body : {"\x01\x01p" + huge, "\x01\x01p\x01\x01" + huge,
                                  std::string("\x01\x01p\0", 4) + huge, "\x01" + huge}) {
    EXPECT_EQ(decode_document(sealed(body)).error().code, ErrorCode::DataLoss);
  }
}

TEST(Op, NumbersHaveOneSpellingOnly) {
  EXPECT_TRUE(decode_op(sealed(std::string("\x01\x03\x05\x00\x00", 5))));
  EXPECT_FALSE(decode_op(sealed(std::string("\x01\x03\x85\x00\x00\x00", 6))));  // 5 with a needless byte
  const std::string largest = "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
  const std::string empty_texts("\0\0", 2);
  EXPECT_EQ(decode_op(sealed("\x01\x03" + largest + "\x01" + empty_texts)).value().lsn,
            std::numeric_limits<Lsn>::max());
  EXPECT_FALSE(decode_op(sealed("\x01\x03" + largest + "\x03" + empty_texts)));  // 65 bits
}

TEST(Op, FieldsOutOfOrderAndPositionsBeyond32BitsAreRefused) {
  EXPECT_TRUE(decode_document(sealed(std::string("\x01\x01p\x02\x01\x00\x02\x00\x00\x00\x00", 11))));
  EXPECT_FALSE(decode_document(sealed(std::string("\x01\x01p\x02\x02\x00\x01\x00\x00\x00\x00", 11))));
  EXPECT_FALSE(decode_document(sealed(std::string("\x01\x01p\x02\x01\x00\x01\x00\x00\x00\x00", 11))));
  EXPECT_FALSE(decode_document(sealed(std::string("\x01\x00\x00\x00\x00\x00", 6)))) << "no id";
  EXPECT_FALSE(
      decode_document(sealed(std::string("\x01\x01p\x01\x00\x01\xFF\xFF\xFF\xFF\x3F\x00\x00\x00\x00", 15))));
}

RC_GTEST_PROP(Op, DocumentsRoundTrip, ()) {
  const Document document = any_document();
  RC_ASSERT(decode_document(encode_document(document)).value() == document);
}

RC_GTEST_PROP(Op, OpsRoundTrip, ()) {
  const Op op = any_op();
  RC_ASSERT(decode_op(encode_op(op)).value() == op);
}

RC_GTEST_PROP(Op, RandomBytesAreRefused, ()) {
  const std::string bytes = *bytes_up_to(400);
  RC_ASSERT(!decode_document(bytes));
  RC_ASSERT(!decode_op(bytes));
}

// Whatever passes the checks is what encode would have written: nothing is half understood.
RC_GTEST_PROP(Op, ResealedDamageIsRefusedOrCanonical, ()) {
  std::string body = unsealed(encode_op(any_op()));
  const int changes = *rc::gen::inRange(1, 4);
  for (int i = 0; i < changes; ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(1, body.size());
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        body[at] = *rc::gen::arbitrary<char>();
        break;
      case 1:
        body.insert(at, 1, *rc::gen::arbitrary<char>());
        break;
      default:
        body.erase(at, *rc::gen::inRange<std::size_t>(0, 5));
        break;
    }
    if (body.size() < 2) break;
  }
  const std::string bytes = sealed(body);
  const auto op = decode_op(bytes);
  if (op) {
    RC_ASSERT(encode_op(*op) == bytes);
  } else {
    RC_ASSERT(op.error().code == ErrorCode::DataLoss);
  }
}

RC_GTEST_PROP(Op, ResealedRandomBodiesAreRefusedOrCanonical, ()) {
  const std::string bytes = sealed("\x01" + *bytes_up_to(60));
  if (const auto document = decode_document(bytes)) RC_ASSERT(encode_document(*document) == bytes);
  if (const auto op = decode_op(bytes)) RC_ASSERT(encode_op(*op) == bytes);
}

TEST(Lsn, IsWrittenAsPostgresWritesIt) {
  EXPECT_EQ(format_lsn(0), "0/0");
  EXPECT_EQ(format_lsn(0x16B374D848), "16/B374D848");
  EXPECT_EQ(format_lsn(std::numeric_limits<Lsn>::max()), "FFFFFFFF/FFFFFFFF");
  EXPECT_EQ(parse_lsn("16/B374D848").value(), 0x16B374D848U);
  EXPECT_EQ(parse_lsn("0/1a2b3c").value(), 0x1A2B3CU);
}

TEST(Lsn, OtherTextsAreRefused) {
  for (const char* text : {"", "/", "1/", "/1", "16B374D848", "1/2/3", "-1/0", "+1/0", "0x1/0", " 1/0",
                           "1/0 ", "123456789/0", "0/G"}) {
    const auto lsn = parse_lsn(text);
    ASSERT_FALSE(lsn) << text;
    EXPECT_EQ(lsn.error().code, ErrorCode::InvalidArgument);
  }
}

RC_GTEST_PROP(Lsn, RoundTrips, (Lsn lsn)) {
  RC_ASSERT(parse_lsn(format_lsn(lsn)).value() == lsn);
}

TEST(ShardOf, IsStableAndSpreadsEvenly) {
  EXPECT_EQ(shard_of("p1", 1), 0U);
  EXPECT_EQ(shard_of("p1", 1000), 148U);  // fixed for good: shards on disk depend on it
  EXPECT_EQ(shard_of("4012345678901", 1000), 152U);
  std::array<int, 8> counts{};
  for (int i = 0; i < 80'000; ++i) ++counts.at(shard_of("product-" + std::to_string(i), 8));
  for (const int count : counts) {
    EXPECT_GT(count, 9'500);
    EXPECT_LT(count, 10'500);
  }
}

}  // namespace
}  // namespace aisle
