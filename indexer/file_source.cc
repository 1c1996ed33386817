#include "indexer/file_source.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "base/log.h"
#include "indexer/record_reader.h"

namespace aisle {
namespace {

constexpr std::size_t sweep_ids = 10'000;  // looked at in one step

class FileImport {
 public:
  FileImport(const std::filesystem::path& path, ChangeSink& sink, const FileImportOptions& options)
      : path_(path), sink_(sink), options_(options), lsn_(sink.durable_lsn()) {}

  Result<FileImportReport> run() {
    AISLE_TRY(const std::string fingerprint, file_fingerprint(path_));
    AISLE_CHECK(load());
    AISLE_CHECK(sweep());
    ChangeBatch last;
    last.lsn = lsn_;
    last.mark_key = file_mark;
    last.mark_value = fingerprint;
    AISLE_CHECK(sink_.apply(std::move(last)));
    AISLE_CHECK(sink_.flush(Deadline::never()));
    return std::move(report_);
  }

 private:
  Status load() {
    AISLE_TRY(auto reader, RecordReader::open(path_, options_.id_field));
    while (true) {
      AISLE_TRY(auto next, reader.next());
      if (!next) break;
      ++lsn_;
      if (next->error) {
        // the id may be known all the same: then the product is not gone, its line is bad
        if (!next->record.id.empty()) seen_.push_back(hash64(next->record.id));
        AISLE_CHECK(count_bad_line(*next));
        continue;
      }
      const bool repeated = !batch_ids_.insert(next->record.id).second;
      if (repeated || batch_.upserts.size() >= options_.batch_records || bytes_ >= options_.batch_bytes) {
        AISLE_CHECK(deliver(lsn_ - 1));
        batch_ids_.insert(next->record.id);
      }
      seen_.push_back(hash64(next->record.id));
      bytes_ += next->record.json.size();
      batch_.upserts.push_back(std::move(next->record));
      ++report_.records;
    }
    return deliver(lsn_);
  }

  Status deliver(Lsn lsn) {
    ChangeBatch batch = std::exchange(batch_, {});
    batch_ids_.clear();
    bytes_ = 0;
    batch.lsn = lsn;
    AISLE_CHECK(sink_.apply(std::move(batch)));
    if (options_.progress) options_.progress({report_.records, report_.bad_lines});
    return {};
  }

  Status count_bad_line(const FileRecord& bad) {
    ++report_.bad_lines;
    const std::string message =
        path_.filename().string() + " line " + std::to_string(bad.line) + ": " + *bad.error;
    if (report_.errors.size() < FileImportReport::errors_max) {
      report_.errors.push_back(message);
      log(LogLevel::Warn, "file.bad_line", message);
    }
    if (report_.bad_lines <= options_.bad_lines_max) return {};
    return fail(ErrorCode::InvalidArgument, path_.string() + " has more than " +
                                                std::to_string(options_.bad_lines_max) +
                                                " bad lines, the first is " + report_.errors.front());
  }

  // Deletes the ids that the file did not name, unless they are suspiciously many.
  Status sweep() {
    std::ranges::sort(seen_);
    std::uint64_t indexed = 0;
    std::uint64_t vanished = 0;
    AISLE_CHECK(walk([&](const std::vector<std::string>& ids, std::vector<std::string> gone) -> Status {
      indexed += ids.size();
      vanished += gone.size();
      return {};
    }));
    if (vanished == 0) return {};
    const bool many =
        vanished > options_.deletes_free &&
        static_cast<double>(vanished) > options_.delete_fraction_max * static_cast<double>(indexed);
    if (many || report_.records == 0) {
      report_.deletes_held = vanished;
      log(LogLevel::Error, "file.deletes_held", "too many products vanished from the file, they are kept",
          {{"file", path_.string()}, {"vanished", vanished}, {"indexed", indexed}});
      return {};
    }
    return walk([&](const std::vector<std::string>&, std::vector<std::string> gone) -> Status {
      if (gone.empty()) return {};
      report_.deleted += gone.size();
      ChangeBatch batch;
      batch.deletes = std::move(gone);
      batch.lsn = lsn_;
      return sink_.apply(std::move(batch));
    });
  }

  template <class Visit>
  Status walk(Visit visit) {
    std::string after;
    while (true) {
      AISLE_TRY(const auto ids, sink_.ids(after, sweep_ids));
      if (ids.empty()) return {};
      std::vector<std::string> gone;
      for (const std::string& id : ids) {
        if (!std::ranges::binary_search(seen_, hash64(id))) gone.push_back(id);
      }
      after = ids.back();
      AISLE_CHECK(visit(ids, std::move(gone)));
    }
  }

  const std::filesystem::path path_;
  ChangeSink& sink_;
  const FileImportOptions& options_;
  Lsn lsn_;
  ChangeBatch batch_;
  std::unordered_set<std::string> batch_ids_;
  std::size_t bytes_ = 0;
  std::vector<std::uint64_t>
      seen_;  // hashes of all ids in the file: a collision keeps a product, never loses one
  FileImportReport report_;
};

}  // namespace

Result<std::string> file_fingerprint(const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  const auto time =
      failure ? std::filesystem::file_time_type() : std::filesystem::last_write_time(path, failure);
  if (failure) {
    const bool missing = failure == std::errc::no_such_file_or_directory;
    return fail(missing ? ErrorCode::NotFound : ErrorCode::Unavailable,
                "cannot read " + path.string() + ": " + failure.message());
  }
  return std::to_string(size) + ":" + std::to_string(time.time_since_epoch().count());
}

Result<FileImportReport> import_file(const std::filesystem::path& path, ChangeSink& sink,
                                     const FileImportOptions& options) {
  return FileImport(path, sink, options).run();
}

}  // namespace aisle
