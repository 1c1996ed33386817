#include "server/compare_generation.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "indexer/file_verifier.h"
#include "indexer/postgres/verifier.h"

namespace aisle {
namespace {

std::vector<std::filesystem::path> shard_folders(const Generation& generation) {
  std::vector<std::filesystem::path> out;
  for (std::uint32_t shard = 0; shard < generation.shards(); ++shard) {
    out.push_back(generation.folder() / ("shard-" + std::to_string(shard)));
  }
  return out;
}

}  // namespace

Result<VerifyReport> compare_generation(const IndexConfig& config, SourceFollower& source,
                                        Generation& generation, bool repair, const std::stop_token& stop) {
  const auto schema = generation.schema();
  if (const auto* file = std::get_if<FileSource>(&schema->source)) {
    return verify_file(file->path, schema, shard_folders(generation));
  }
  VerifyInput input;
  input.schema = schema;
  input.connection = config.connection;
  input.shards = shard_folders(generation);
  input.durable_lsn = [&] { return generation.durable_lsn(); };
  input.flush = [&](Deadline deadline) { return generation.flush(deadline); };
  if (repair) {
    input.repair = [&](std::vector<std::string> ids) { return source.repair(std::move(ids)); };
    input.repairs_left = [&] {
      const auto feed = source.feed_status();
      return feed ? feed->repairs : 0;
    };
  }
  input.builders = std::max(1U, std::thread::hardware_concurrency() / 2);
  input.stop = stop;
  return verify_postgres(input);
}

}  // namespace aisle
