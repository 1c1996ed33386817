#include "indexer/line_reader.h"

#include <zlib.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace aisle {
namespace {

constexpr unsigned read_bytes = 1U << 18U;

gzFile handle(void* file) {
  return static_cast<gzFile>(file);
}

}  // namespace

void LineReader::CloseFile::operator()(void* file) const {
  gzclose_r(handle(file));
}

LineReader::LineReader(std::filesystem::path path, void* file) : path_(std::move(path)), file_(file) {}

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(ErrorCode::InvalidArgument, path.string() + " is a folder, expected a file");
  }
  errno = 0;
  const gzFile file = gzopen(path.c_str(), "rbe");  // reads plain text as it is
  if (file == nullptr) {
    const int number = errno;
    const ErrorCode code = number == ENOENT   ? ErrorCode::NotFound
                           : number == EACCES ? ErrorCode::PermissionDenied
                                              : ErrorCode::Unavailable;
    return fail(code, "cannot open " + path.string() + ": " + std::generic_category().message(number));
  }
  gzbuffer(file, read_bytes);
  return LineReader(path, file);
}

Result<bool> LineReader::fill() {
  buffer_.erase(0, std::exchange(begin_, 0));
  const std::size_t kept = buffer_.size();
  buffer_.resize(kept + read_bytes);
  const int count = gzread(handle(file_.get()), buffer_.data() + kept, read_bytes);
  buffer_.resize(kept + static_cast<std::size_t>(count > 0 ? count : 0));
  if (count > 0) return true;
  int code = Z_OK;
  const char* message = gzerror(handle(file_.get()), &code);
  if (code == Z_OK || code == Z_STREAM_END) return false;
  const bool damaged = code == Z_DATA_ERROR || code == Z_BUF_ERROR;
  return fail(damaged ? ErrorCode::DataLoss : ErrorCode::Unavailable,
              path_.string() + " cannot be read after line " + std::to_string(number_) + ": " +
                  (code == Z_BUF_ERROR ? "the compressed data ends too early" : message));
}

Result<std::optional<Line>> LineReader::next() {
  if (!returned_.empty()) {
    std::optional<Line> line(std::move(returned_.front()));
    returned_.pop_front();
    return line;
  }
  Line line;
  std::size_t searched = begin_;
  std::size_t end = std::string::npos;
  while ((end = buffer_.find('\n', searched)) == std::string::npos) {
    if (buffer_.size() - begin_ > line_bytes_max) {
      if (!line.too_long) line.text = buffer_.substr(begin_, 100);
      line.too_long = true;
      begin_ = buffer_.size();
    }
    searched = buffer_.size() - begin_;
    AISLE_TRY(const bool more, fill());
    if (more) continue;
    if (begin_ == buffer_.size() && !line.too_long) return std::nullopt;
    end = buffer_.size();
    break;
  }
  if (!line.too_long) line.text = buffer_.substr(begin_, end - begin_);
  begin_ = std::min(end + 1, buffer_.size());
  line.number = ++number_;
  if (line.number == 1 && line.text.starts_with("\xEF\xBB\xBF")) line.text.erase(0, 3);
  if (line.text.ends_with('\r')) line.text.pop_back();
  return line;
}

void LineReader::put_back(std::deque<Line> lines) {
  while (!lines.empty()) {
    returned_.push_front(std::move(lines.back()));
    lines.pop_back();
  }
}

}  // namespace aisle
