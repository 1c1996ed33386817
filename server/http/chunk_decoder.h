// Strict decoder of the chunked transfer coding: no extensions, no trailers, sizes of at most 8 hex digits.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aisle {

// A state machine over single bytes: how the input is cut into pieces never changes the outcome. Not
// thread-safe.
class ChunkDecoder {
 public:
  enum class Outcome { NeedMore, Done, Malformed, TooLarge };

  explicit ChunkDecoder(std::size_t body_bytes_max) : body_bytes_max_(body_bytes_max) {}

  // Takes what it can off the front of `input` and appends data to `body`. After Done `input` begins with
  // what follows the body. TooLarge comes with the size line that passes the limit, before its data is read.
  Outcome consume(std::string_view& input, std::string& body);
  std::size_t body_bytes_max() const { return body_bytes_max_; }

 private:
  enum class State { SizeStart, Size, SizeEnd, Data, DataEnd, DataEndLine, LastEnd, LastEndLine };

  Outcome step(char c, const std::string& body);

  std::size_t body_bytes_max_;
  State state_ = State::SizeStart;
  int digits_ = 0;
  std::uint64_t size_ = 0;  // of this chunk; counts down while its data arrives
};

}  // namespace aisle
