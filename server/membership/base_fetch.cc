#include "server/membership/base_fetch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "server/membership/sha256.h"

namespace aisle {
namespace {

constexpr int connect_seconds = 2;
constexpr int answer_seconds = 300;  // a base is copied before it is described

// A file being written.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }
  bool sync() const { return ::fsync(fd_) == 0; }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

Result<std::string> get(httplib::Client& client, const std::string& target) {
  const auto answer = client.Get(target);
  if (!answer) return fail(ErrorCode::Unavailable, target + ": " + httplib::to_string(answer.error()));
  if (answer->status != 200) {
    return fail(ErrorCode::Unavailable, fmt::format("{}: status {}", target, answer->status));
  }
  return answer->body;
}

Status fetch_file(httplib::Client& client, const std::string& id, const BaseFile& file,
                  const std::filesystem::path& to) {
  const NewFile out(to);
  if (!out.is_open()) return fail(ErrorCode::ResourceExhausted, "cannot create " + to.string());
  Sha256 hash;
  std::uint64_t bytes = 0;
  while (bytes < file.bytes) {
    AISLE_TRY(const std::string part, get(client, fmt::format("/internal/v1/base/{}/{}/{}?offset={}", id,
                                                              file.shard, file.name, bytes)));
    if (part.empty()) break;
    hash.add(part);
    bytes += part.size();
    if (!out.write(part)) return fail(ErrorCode::ResourceExhausted, "cannot write " + to.string());
  }
  if (bytes != file.bytes || hash.finish() != file.sha256) {
    return fail(ErrorCode::DataLoss, fmt::format("{} of the base is not what its manifest says", file.name));
  }
  if (!out.sync()) return fail(ErrorCode::ResourceExhausted, "cannot write " + to.string());
  return {};
}

}  // namespace

Result<BaseManifest> fetch_base(const std::string& address, const std::string& index,
                                std::uint32_t generation, const ShardSelection& wanted,
                                const std::filesystem::path& to) {
  httplib::Client client(address);
  client.set_keep_alive(true);
  client.set_connection_timeout(connect_seconds);
  client.set_read_timeout(answer_seconds);
  AISLE_TRY(const std::string text,
            get(client, fmt::format("/internal/v1/indexes/{}/generations/{}/base", index, generation)));
  AISLE_TRY(BaseManifest manifest, decode_base(text));
  std::error_code failure;
  for (std::uint32_t i = 0; i < manifest.generation.shards && !failure; ++i) {
    if (!wanted.holds(i)) continue;
    if (std::ranges::find(manifest.files, i, &BaseFile::shard) == manifest.files.end()) {
      return fail(ErrorCode::NotFound, fmt::format("{} has no shard {}", address, i));
    }
    std::filesystem::create_directories(to / fmt::format("shard-{}", i), failure);
  }
  if (failure)
    return fail(ErrorCode::ResourceExhausted, "cannot create " + to.string() + ": " + failure.message());
  for (const BaseFile& file : manifest.files) {
    if (!wanted.holds(file.shard)) continue;
    AISLE_CHECK(fetch_file(client, manifest.id, file, to / fmt::format("shard-{}", file.shard) / file.name));
  }
  log(LogLevel::Info, "base.fetched", "a base was taken from another node",
      {{"index", index}, {"generation", generation}, {"from", address}});
  return manifest;
}

}  // namespace aisle
