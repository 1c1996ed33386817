// A catalogue that comes from a file: read as a whole, products that are no longer in it are deleted.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "indexer/change.h"

namespace aisle {

struct FileImportProgress {
  std::uint64_t records = 0;
  std::uint64_t bad_lines = 0;
};

struct FileImportOptions {
  std::string id_field = "id";
  std::size_t batch_records = 1'000;
  std::size_t batch_bytes = 4U << 20U;
  std::uint64_t bad_lines_max = 1'000;  // more of them and the import stops: it is the wrong file
  // Deletes up to this many need no further look; above it only up to this share of the index, else they are
  // held.
  std::uint64_t deletes_free = 1'000;
  double delete_fraction_max = 0.2;
  std::function<void(const FileImportProgress&)> progress;  // after each batch, on the importing thread
};

struct FileImportReport {
  static constexpr std::size_t errors_max = 100;

  std::uint64_t records = 0;  // handed on; what the builder refused is among the sink's dead letters
  std::uint64_t bad_lines = 0;
  std::vector<std::string> errors;  // "products.jsonl line 7: ...", the first errors_max
  std::uint64_t deleted = 0;
  std::uint64_t deletes_held = 0;  // vanished from the file, but kept in the index: too many at once
};

// The mark that holds the fingerprint of the file last imported.
inline constexpr std::string_view file_mark = "file";

// Changes when the file is written: size and time of modification. NotFound when it does not exist.
Result<std::string> file_fingerprint(const std::filesystem::path& path);

// Streams the file into `sink`, deletes what vanished, stores the fingerprint as mark `file_mark` and
// flushes. LSNs count records, going on from the sink's durable LSN. Memory: two batches and eight bytes a
// product.
//   InvalidArgument  unknown ending, no id column, more bad lines than allowed
//   NotFound, PermissionDenied, Unavailable, DataLoss  the file cannot be read (to its end)
//   others           of the sink
// On errors what was read so far stays applied, and nothing is deleted. An empty file deletes nothing.
Result<FileImportReport> import_file(const std::filesystem::path& path, ChangeSink& sink,
                                     const FileImportOptions& options);

}  // namespace aisle
