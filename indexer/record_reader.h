// Product records out of a file: JSON lines, CSV or TSV, plain or gzip.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/change.h"
#include "indexer/line_reader.h"

namespace aisle {

struct FileRecord {
  SourceRecord record;
  std::uint64_t line = 0;            // where it begins, from 1
  std::optional<std::string> error;  // it cannot be used; then `record` is empty or has the id alone
};

enum class FileFormat { JsonLines, Csv, Tsv };

// By the name's ending, before ".gz": .jsonl and .ndjson, .csv, .tsv. InvalidArgument for others.
Result<FileFormat> file_format(const std::filesystem::path& path);

// JSON lines: an object a line, empty lines are skipped. CSV and TSV: a header names the members, cells
// become texts, empty cells are left out. CSV has quotes as in RFC 4180, so a quoted cell may hold
// delimiters, doubled quotes and line breaks; TSV has none, a cell ends at the tab: 17" and 5' are text
// there. Threads: one at a time.
class RecordReader {
 public:
  static constexpr std::size_t cells_max = 1'000;  // of a row

  // Reads the header, too. `id_field` must be one of its names.
  static Result<RecordReader> open(const std::filesystem::path& path, std::string id_field);

  // Nothing at the end. A line that is no record comes back with an error in it; an error of the call is
  // fatal and names file and line.
  Result<std::optional<FileRecord>> next();

 private:
  RecordReader(LineReader lines, FileFormat format, std::string id_field);
  struct Row {
    std::vector<std::string> cells;
    std::uint64_t line = 0;
    std::optional<std::string> error;
  };
  Result<std::optional<Row>> next_row();
  Result<std::optional<FileRecord>> next_json();
  Result<std::optional<FileRecord>> next_cells();

  LineReader lines_;
  FileFormat format_;
  std::string id_field_;
  std::vector<std::string> header_;  // of CSV and TSV
  std::size_t id_cell_ = 0;
};

}  // namespace aisle
