#include "server/http/chunk_decoder.h"

#include <algorithm>

namespace aisle {
namespace {

constexpr int digits_max = 8;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

ChunkDecoder::Outcome ChunkDecoder::consume(std::string_view& input, std::string& body) {
  while (!input.empty()) {
    if (state_ == State::Data) {
      const std::size_t count = std::min<std::size_t>(input.size(), size_);
      body.append(input.substr(0, count));
      input.remove_prefix(count);
      size_ -= count;
      if (size_ == 0) state_ = State::DataEnd;
      continue;
    }
    const Outcome outcome = step(input.front(), body);
    input.remove_prefix(1);
    if (outcome != Outcome::NeedMore) return outcome;
  }
  return Outcome::NeedMore;
}

ChunkDecoder::Outcome ChunkDecoder::step(char c, const std::string& body) {
  const auto expect = [&](char wanted, State next) {
    state_ = next;
    return c == wanted ? Outcome::NeedMore : Outcome::Malformed;
  };
  switch (state_) {
    case State::SizeStart:
      digits_ = 0;
      size_ = 0;
      state_ = State::Size;
      [[fallthrough]];
    case State::Size: {
      const int digit = hex_value(c);
      if (digit >= 0) {
        size_ = size_ * 16 + static_cast<std::uint64_t>(digit);
        return ++digits_ > digits_max ? Outcome::Malformed : Outcome::NeedMore;
      }
      if (digits_ == 0) return Outcome::Malformed;
      return expect('\r', State::SizeEnd);
    }
    case State::SizeEnd:
      if (c != '\n') return Outcome::Malformed;
      if (size_ > body_bytes_max_ - std::min(body.size(), body_bytes_max_)) return Outcome::TooLarge;
      state_ = size_ == 0 ? State::LastEnd : State::Data;
      return Outcome::NeedMore;
    case State::DataEnd:
      return expect('\r', State::DataEndLine);
    case State::DataEndLine:
      return expect('\n', State::SizeStart);
    case State::LastEnd:
      return expect('\r', State::LastEndLine);
    case State::LastEndLine:
      return c == '\n' ? Outcome::Done : Outcome::Malformed;
    case State::Data:
      break;
  }
  return Outcome::Malformed;
}

}  // namespace aisle
