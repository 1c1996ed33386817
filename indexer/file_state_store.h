// The state of one index in its folder: <folder>/state.json, and its ranking versions in
// <folder>/ranking/<n>.json.
#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "indexer/state_store.h"

namespace aisle {

// Truths: (1) state.json is replaced as a whole, so a crash leaves the old state or the new one; (2) two
// writers, of one process or several, never both succeed from the same version: a lock file is held from
// reading to renaming; (3) a file that went back or away (a restored backup) is not believed: what this
// object has seen last counts, and the next replace() writes on from there. Thread-safe.
class FileStateStore final : public StateStore {
 public:
  static constexpr std::chrono::milliseconds poll_interval{200};  // for changes made by other processes
  static constexpr std::chrono::seconds lock_wait{5};             // then Unavailable

  // `folder` exists. Reads nothing yet.
  explicit FileStateStore(std::filesystem::path folder);

  // Errors of reading besides those of the interface: DataLoss when the file is damaged.
  Result<std::optional<IndexState>> read() override;
  Result<IndexState> replace(std::uint64_t expected, IndexState next) override;
  Result<std::optional<IndexState>> wait(std::uint64_t seen, Deadline deadline) override;

  Status add_ranking(std::uint32_t number, std::string_view text) override;
  Result<std::string> ranking(std::uint32_t number) override;
  Result<std::vector<std::uint32_t>> rankings() override;

 private:
  Result<FileLock> lock() const;
  std::filesystem::path ranking_path(std::uint32_t number) const;
  void remember(const IndexState& state);

  const std::filesystem::path folder_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::optional<IndexState> known_;
};

}  // namespace aisle
