// Any bytes as a batch of the op log; what is accepted must be written again as the same bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "schemas/op_batch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)aisle::decode_op_batch_header(bytes);
  const auto batch = aisle::decode_op_batch(bytes);
  if (!batch) return 0;
  std::vector<std::string> ops;
  for (const aisle::Op& op : batch->ops) ops.push_back(aisle::encode_op(op));
  aisle::OpBatchHeader header = batch->header;
  if (aisle::encode_op_batch(header, ops) != bytes) std::abort();
  return 0;
}
