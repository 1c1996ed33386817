#include "schemas/op_batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aisle {
namespace {

using testing::HasSubstr;

Op mark(Lsn lsn, const std::string& value = "") {
  Op op;
  op.lsn = lsn;
  op.mark_key = value.empty() ? "" : "k";
  op.mark_value = value;
  return op;
}

Op removal(const std::string& id) {
  Op op;
  op.kind = OpKind::Delete;
  op.id = id;
  return op;
}

OpBatchHeader header() {
  return {.log = {"shop", 3, 2},
          .source = {7'000'000'000'000'000'001ULL, 2},
          .first_seq = 11,
          .lsn = 99,
          .before = {1, 2},
          .after = {.epoch = 4, .term = 5, .chain = {}}};
}

std::string encoded(OpBatchHeader head) {
  return encode_op_batch(head,
                         {encode_op(removal("p1")), encode_op(removal("p2")), encode_op(mark(99, "x"))});
}

TEST(OpBatch, ComesBackAsItWas) {
  OpBatchHeader head = header();
  const std::string bytes = encode_op_batch(head, {encode_op(removal("p1")), encode_op(mark(99))});
  const auto batch = decode_op_batch(bytes);
  ASSERT_TRUE(batch) << batch.error().message;
  EXPECT_EQ(batch->header, head);
  EXPECT_EQ(batch->header.last_seq(), 12U);
  ASSERT_EQ(batch->ops.size(), 2U);
  EXPECT_EQ(batch->ops[0], removal("p1"));
  EXPECT_EQ(batch->ops[1], mark(99));
  EXPECT_EQ(decode_op_batch_header(bytes).value(), head);
}

TEST(OpBatch, TheChainIsOverOpsAndNotOverBatches) {
  const std::string one = encode_op(removal("p1"));
  const std::string two = encode_op(mark(99));
  OpBatchHeader together = header();
  encode_op_batch(together, {one, two});
  OpBatchHeader first = header();
  first.lsn = 0;
  const auto batch = decode_op_batch(encode_op_batch(first, {one})).value();
  OpBatchHeader second = header();
  second.before = batch.chains.back();
  encode_op_batch(second, {two});
  EXPECT_EQ(second.after.chain, together.after.chain);
  OpBatchHeader swapped = header();
  encode_op_batch(swapped, {two, one});
  EXPECT_NE(swapped.after.chain, together.after.chain);
}

TEST(OpBatch, EveryFlippedBitIsFound) {
  const std::string bytes = encoded(header());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ (1U << bit));
      const auto batch = decode_op_batch(changed);
      ASSERT_FALSE(batch) << "byte " << i << " bit " << bit;
      EXPECT_EQ(batch.error().code, ErrorCode::DataLoss);
    }
  }
}

TEST(OpBatch, EveryCutIsFound) {
  const std::string bytes = encoded(header());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(decode_op_batch(bytes.substr(0, size))) << size;
  }
  EXPECT_FALSE(decode_op_batch(bytes + "x"));
}

TEST(OpBatch, ALargerOneThanAllowedIsRefused) {
  const auto of_size = [](std::size_t bytes) {
    OpBatchHeader head = header();
    Op op = mark(99, "x");
    op.mark_value = std::string(bytes, 'x');
    return encode_op_batch(head, {encode_op(op)});
  };
  const std::size_t around = of_size(400'000).size() - 400'000;
  EXPECT_TRUE(decode_op_batch(of_size(batch_bytes_max - around)));
  const auto refused = decode_op_batch(of_size(batch_bytes_max - around + 1));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the limit is 524288"));
  EXPECT_LT(around, batch_bytes_max - batch_op_bytes_max) << "room for one op of the largest size";
}

TEST(ChainHash, IsWrittenAndReadAsText) {
  const Hash128 hash = chain_hash({1, 2}, "abc");
  EXPECT_EQ(parse_hash(format_hash(hash)), hash);
  EXPECT_EQ(format_hash({1, 0xAB}), "000000000000000100000000000000ab");
  EXPECT_EQ(parse_hash("1"), Hash128{});
  EXPECT_EQ(parse_hash(std::string(32, 'g')), Hash128{});
}

}  // namespace
}  // namespace aisle
