// Lines of a text file, plain or gzip, one after the other in bounded memory.
#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/error.h"

namespace aisle {

struct Line {
  std::string text;          // without its line ending
  std::uint64_t number = 0;  // from 1
  bool too_long = false;     // over line_bytes_max: the text is cut, the rest was skipped
};

// Threads: one at a time.
class LineReader {
 public:
  static constexpr std::size_t line_bytes_max = 4U << 20U;

  // NotFound, PermissionDenied or Unavailable with the file's name.
  static Result<LineReader> open(const std::filesystem::path& path);

  // Nothing at the end. A byte-order mark before the first line is left out. Errors name file and line:
  // DataLoss for damaged or cut gzip data, Unavailable when reading fails.
  Result<std::optional<Line>> next();

  // Hands lines back: next() gives them again, in this order, before anything else.
  void put_back(std::deque<Line> lines);

  const std::filesystem::path& path() const { return path_; }

 private:
  struct CloseFile {
    void operator()(void* file) const;
  };

  LineReader(std::filesystem::path path, void* file);
  Result<bool> fill();  // false at the end

  std::filesystem::path path_;
  std::unique_ptr<void, CloseFile> file_;
  std::string buffer_;
  std::size_t begin_ = 0;  // of what is unread in buffer_
  std::uint64_t number_ = 0;
  std::deque<Line> returned_;
};

}  // namespace aisle
