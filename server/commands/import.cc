#include <fmt/format.h>
#include <sys/resource.h>

#include <unistd.h>
#include <chrono>
#include <cstdio>

#include "server/commands/commands.h"
#include "server/disk_space.h"
#include "server/index_service.h"

namespace aisle {
namespace {

std::uint64_t peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

std::string memory_by_part(const SegmentBytes& bytes, std::uint64_t products) {
  const auto each = [&](std::size_t part) {
    return static_cast<double>(part) / static_cast<double>(products);
  };
  return fmt::format(
      "{:.0f} bytes a product in memory: ids {:.0f}, terms {:.0f}, postings {:.0f}, lengths {:.0f}, "
      "forward {:.0f}, columns {:.0f}, offsets of stored documents {:.0f}",
      each(bytes.memory()), each(bytes.ids), each(bytes.terms), each(bytes.postings), each(bytes.lengths),
      each(bytes.forward), each(bytes.columns), each(bytes.stored_memory));
}

}  // namespace

int import(const ImportOptions& options) {
  const auto place = resolve_place(options.place);
  if (!place) return report(place.error());
  IndexConfig config = place->index;
  config.shards = options.shards;
  const auto service = IndexService::open(config, place->data_dir);
  if (!service) return report(service.error());
  const auto schema = (*service)->schema();
  std::filesystem::path file = options.file;
  if (file.empty()) {
    const auto* source = std::get_if<FileSource>(&schema->source);
    if (source == nullptr)
      return report({ErrorCode::InvalidArgument, "the schema has no file source: name a file"});
    file = source->path;
  }
  const auto begin = std::chrono::steady_clock::now();
  const bool shows_progress = ::isatty(STDERR_FILENO) != 0 && !options.json;
  FileImportOptions how;
  how.id_field = schema->id_field;
  how.progress = [&](const FileImportProgress& progress) {
    if (!shows_progress) return;
    const std::chrono::duration<double> so_far = std::chrono::steady_clock::now() - begin;
    std::fprintf(stderr, "\r%llu records, %.0f/s ", static_cast<unsigned long long>(progress.records),
                 static_cast<double>(progress.records) / so_far.count());
  };
  const auto imported = (*service)->import(file, how);
  if (shows_progress) std::fputc('\n', stderr);
  if (!imported) return report(imported.error());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const IndexStatus status = (*service)->status();
  const std::uint64_t disk = folder_bytes((*service)->folder());
  const double rate = static_cast<double>(imported->records) / took.count();
  if (options.json) {
    fmt::print(
        "{{\"records\":{},\"bad_lines\":{},\"dead_letters\":{},\"deleted\":{},\"products\":{},\"seconds\":{:."
        "2f},"
        "\"products_per_second\":{:.0f},\"shards\":{},\"disk_bytes\":{},\"image_bytes\":{},\"peak_bytes\":{}}"
        "}\n",
        imported->records, imported->bad_lines, status.dead_letters, imported->deleted, status.products,
        took.count(), rate, status.shards, disk, image_bytes((*service)->view()).memory(),
        peak_memory_bytes());
    return 0;
  }
  fmt::print("imported {} records in {:.1f} s, {:.0f}/s, into {} shard(s)\n", imported->records, took.count(),
             rate, status.shards);
  fmt::print("{} products searchable, {} deleted, {} held back, {} bad lines, {} dead letters\n",
             status.products, imported->deleted, imported->deletes_held, imported->bad_lines,
             status.dead_letters);
  for (const std::string& error : imported->errors) fmt::print("  {}\n", error);
  for (const DeadLetter& letter : (*service)->dead_letters())
    fmt::print("  product {}: {}\n", letter.id, letter.error);
  if (status.products > 0) {
    fmt::print("{:.0f} bytes a product on disk; {}\n",
               static_cast<double>(disk) / static_cast<double>(status.products),
               memory_by_part(image_bytes((*service)->view()), status.products));
  }
  fmt::print("peak memory {:.0f} MB\n", static_cast<double>(peak_memory_bytes()) / 1e6);
  return 0;
}

}  // namespace aisle
