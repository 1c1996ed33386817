#include "server/http/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace aisle {
namespace {

constexpr int gzip_window = 15 + 16;  // the largest window, gzip framing
constexpr std::size_t zlib_bytes_max = std::numeric_limits<uInt>::max();

// zlib's interface is not const-correct: it never writes to the input.
Bytef* input_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

Result<std::string> inflate_all(z_stream& stream, std::size_t bytes_max) {
  std::string out;
  std::array<char, 32 * 1024> buffer;
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int code = ::inflate(&stream, Z_NO_FLUSH);
    const std::size_t count = buffer.size() - stream.avail_out;
    if (count > bytes_max - out.size()) {
      return fail(ErrorCode::TooLarge,
                  fmt::format("the inflated body is longer than the limit of {} bytes", bytes_max));
    }
    out.append(buffer.data(), count);
    if (code == Z_STREAM_END && stream.avail_in == 0) return out;
    if (code != Z_OK) return fail(ErrorCode::InvalidArgument, "the body is not one whole gzip member");
  }
}

}  // namespace

Result<std::string> gunzip(std::string_view compressed, std::size_t bytes_max) {
  if (compressed.size() > zlib_bytes_max)
    return fail(ErrorCode::TooLarge, "the compressed body is over 4 GiB");
  z_stream stream{};
  if (::inflateInit2(&stream, gzip_window) != Z_OK)
    return fail(ErrorCode::ResourceExhausted, "zlib did not start");
  stream.next_in = input_of(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  auto result = inflate_all(stream, bytes_max);
  ::inflateEnd(&stream);
  return result;
}

Result<std::string> gzip(std::string_view text) {
  if (text.size() > zlib_bytes_max) return fail(ErrorCode::TooLarge, "the text is over 4 GiB");
  z_stream stream{};
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    return fail(ErrorCode::ResourceExhausted, "zlib did not start");
  }
  std::string out(::deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = input_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(std::min(out.size(), zlib_bytes_max));
  const int code = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  if (code != Z_STREAM_END) return fail(ErrorCode::Internal, "zlib did not finish");
  return out;
}

}  // namespace aisle
