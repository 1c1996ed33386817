// The framer on arbitrary bytes: never crashes, stays inside its limits, and cutting the bytes changes
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/http/framer.h"

namespace {

constexpr std::size_t body_bytes_max = 4096;

std::string run(std::string_view bytes, std::size_t step) {
  aisle::Framer framer({}, [](const aisle::FramedRequest&) {
    return aisle::BodyPolicy{.body_bytes_max = body_bytes_max, .accepts_gzip = true};
  });
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    framer.feed(bytes.substr(at, step));
    for (auto event = framer.next(); event != aisle::Framer::Event::NeedMore; event = framer.next()) {
      if (event == aisle::Framer::Event::Error) return out + std::to_string(framer.error().status);
      if (event == aisle::Framer::Event::SendContinue) {
        out += "continue";
        continue;
      }
      const aisle::FramedRequest request = framer.take_request();
      if (request.body.size() > body_bytes_max ||
          request.headers.size() > aisle::FramerLimits{}.headers_max) {
        std::abort();
      }
      out += request.method + request.target + request.body;
      for (const auto& [name, value] : request.headers) {
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) std::abort();
        out += name + value;
      }
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = run(bytes, size + 1);
  if (run(bytes, 1) != whole || run(bytes, 7) != whole) std::abort();
  return 0;
}
