#include "indexer/index_folder.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "schemas/json_reader.h"

namespace aisle {
namespace {

constexpr std::string_view generation_prefix = "generation-";
constexpr std::string_view manifest_name = "generation.json";

Status create_folder(const std::filesystem::path& path) {
  std::error_code failure;
  std::filesystem::create_directories(path, failure);
  if (!failure) return {};
  return fail(ErrorCode::Unavailable, "cannot create " + path.string() + ": " + failure.message());
}

Result<GenerationManifest> read_manifest(const std::filesystem::path& file) {
  AISLE_TRY(const auto text, read_file(file, 64 * 1024));
  const auto damaged = [&](const std::string& why) {
    return fail(ErrorCode::DataLoss, file.string() + ": " + why);
  };
  const auto json = parse_json(text);
  if (!json) return damaged(json.error().message);
  JsonReader::ErrorSink sink;
  const JsonReader reader(*json, "", sink);
  GenerationManifest manifest;
  constexpr std::int64_t number_max = std::numeric_limits<std::uint32_t>::max();
  manifest.generation = static_cast<std::uint32_t>(reader.integer_or("generation", 1, 1, number_max));
  manifest.schema_hash = reader.require_string("schema_hash");
  manifest.analyzer_version = static_cast<int>(reader.integer_or("analyzer_version", 0, 0, 1'000'000));
  manifest.shards =
      static_cast<std::uint32_t>(reader.integer_or("shards", 1, 1, GenerationManifest::shards_max));
  manifest.created = reader.string_or("created", "");
  if (sink.error) return damaged(sink.error->message);
  return manifest;
}

}  // namespace

Result<std::shared_ptr<const IndexFolder>> IndexFolder::acquire(const std::filesystem::path& data,
                                                                const std::string& index) {
  std::filesystem::path path = data / index;
  AISLE_CHECK(create_folder(path));
  AISLE_TRY(FileLock lock, FileLock::acquire(path / "lock"));
  return std::shared_ptr<const IndexFolder>(new IndexFolder(std::move(path), std::move(lock)));
}

std::filesystem::path IndexFolder::generation_path(std::uint32_t generation) const {
  return path_ / (std::string(generation_prefix) + std::to_string(generation));
}

std::filesystem::path IndexFolder::shard_path(std::uint32_t generation, std::uint32_t shard) const {
  return generation_path(generation) / ("shard-" + std::to_string(shard));
}

Result<std::vector<std::uint32_t>> IndexFolder::generations() const {
  std::vector<std::uint32_t> numbers;
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(path_, failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(generation_prefix)) continue;
    std::uint32_t number = 0;
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + generation_prefix.size(), end, number);
    std::error_code ignored;
    if (parsed.ec == std::errc() && parsed.ptr == end &&
        std::filesystem::exists(entry->path() / manifest_name, ignored)) {
      numbers.push_back(number);
    }
  }
  if (failure) {
    return fail(ErrorCode::Unavailable, "cannot list " + path_.string() + ": " + failure.message());
  }
  std::ranges::sort(numbers);
  return numbers;
}

Result<GenerationManifest> IndexFolder::manifest(std::uint32_t generation) const {
  return read_manifest(generation_path(generation) / manifest_name);
}

Status IndexFolder::write_manifest(const GenerationManifest& manifest) const {
  const std::filesystem::path folder = generation_path(manifest.generation);
  AISLE_CHECK(create_folder(folder));
  const nlohmann::json json = {{"generation", manifest.generation},
                               {"schema_hash", manifest.schema_hash},
                               {"analyzer_version", manifest.analyzer_version},
                               {"shards", manifest.shards},
                               {"created", manifest.created}};
  return write_file_atomically(folder / manifest_name, dump_json(json) + "\n");
}

}  // namespace aisle
