// The answer of another node, arbitrary bytes: never crashes, stays inside its limits, and cutting the bytes
// changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/fanout/response_parser.h"

namespace {

std::string run(std::string_view bytes, std::size_t step) {
  aisle::ResponseParser parser;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    const auto state = parser.feed(bytes.substr(at, step));
    if (state == aisle::ResponseParser::State::Broken) return "broken";
  }
  if (parser.body().size() > aisle::ResponseParser::body_bytes_max) std::abort();
  if (parser.state() != aisle::ResponseParser::State::Done) return "open";
  return std::to_string(parser.status()) + parser.body();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = run(bytes, bytes.size() + 1);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}}) {
    if (run(bytes, step) != whole) std::abort();
  }
  return 0;
}
