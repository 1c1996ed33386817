#include "indexer/file_state_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "base/fault_point.h"
#include "base/log.h"

namespace aisle {
namespace {

constexpr std::string_view ranking_ending = ".json";

std::string random_id() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}", device(), device());
}

std::uint64_t version_of(const std::optional<IndexState>& state) {
  return state ? state->version : 0;
}

// The number of a ranking file, or nothing for other names.
std::optional<std::uint32_t> ranking_number(const std::string& name) {
  if (!name.ends_with(ranking_ending)) return std::nullopt;
  const char* end = name.data() + name.size() - ranking_ending.size();
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(name.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  return number;
}

}  // namespace

FileStateStore::FileStateStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

Result<FileLock> FileStateStore::lock() const {
  const Deadline deadline = Deadline::after(lock_wait);
  while (true) {
    auto lock = FileLock::acquire(folder_ / "state.lock");
    if (lock || lock.error().code != ErrorCode::Conflict) return lock;
    if (deadline.expired()) return fail(ErrorCode::Unavailable, lock.error().message);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

Result<std::optional<IndexState>> FileStateStore::read() {
  const std::filesystem::path file = folder_ / "state.json";
  std::optional<IndexState> found;
  if (const auto text = read_file(file, IndexState::bytes_max); text) {
    auto state = decode_state(*text);
    if (!state) return fail(state.error().code, file.string() + ": " + state.error().message);
    found = std::move(*state);
  } else if (text.error().code != ErrorCode::NotFound) {
    return tl::unexpected(text.error());
  }
  const std::lock_guard guard(mutex_);
  if (version_of(found) < version_of(known_)) {
    log(LogLevel::Error, "state.went_back", "the state on disk is older than the one in use: it is not taken",
        {{"file", file.string()}, {"found", version_of(found)}, {"in_use", version_of(known_)}});
    return known_;
  }
  known_ = std::move(found);
  return known_;
}

Result<IndexState> FileStateStore::replace(std::uint64_t expected, IndexState next) {
  AISLE_TRY(const FileLock held, lock());
  AISLE_TRY(const auto stored, read());
  if (version_of(stored) != expected) {
    return fail(ErrorCode::Conflict,
                fmt::format("the state is at version {}, not {}: somebody changed it meanwhile",
                            version_of(stored), expected));
  }
  next.version = expected + 1;
  next.change_id = random_id();
  const std::string text = encode_state(next);
  if (text.size() > IndexState::bytes_max) {
    return fail(ErrorCode::TooLarge,
                fmt::format("the state takes {} bytes, the limit is {}", text.size(), IndexState::bytes_max));
  }
  fault_point("state_store.before_write");
  AISLE_CHECK(write_file_atomically(folder_ / "state.json", text));
  fault_point("state_store.after_write");
  remember(next);
  return next;
}

void FileStateStore::remember(const IndexState& state) {
  {
    const std::lock_guard guard(mutex_);
    if (state.version > version_of(known_)) known_ = state;
  }
  changed_.notify_all();
}

Result<std::optional<IndexState>> FileStateStore::wait(std::uint64_t seen, Deadline deadline) {
  while (true) {
    AISLE_TRY(auto state, read());
    if (version_of(state) > seen) return state;
    std::unique_lock guard(mutex_);
    if (version_of(known_) > seen) return known_;
    if (deadline.expired()) return std::optional<IndexState>();
    changed_.wait_for(guard, std::min<std::chrono::nanoseconds>(poll_interval, deadline.remaining()));
  }
}

std::filesystem::path FileStateStore::ranking_path(std::uint32_t number) const {
  return folder_ / "ranking" / (std::to_string(number) + std::string(ranking_ending));
}

Status FileStateStore::add_ranking(std::uint32_t number, std::string_view text) {
  if (number == 0) return fail(ErrorCode::InvalidArgument, "ranking version is 0, they begin with 1");
  if (text.size() > IndexState::bytes_max) {
    return fail(ErrorCode::TooLarge, fmt::format("ranking version {} takes {} bytes, the limit is {}", number,
                                                 text.size(), IndexState::bytes_max));
  }
  AISLE_TRY(const FileLock held, lock());
  std::error_code failure;
  std::filesystem::create_directories(folder_ / "ranking", failure);
  if (!failure && std::filesystem::exists(ranking_path(number), failure)) {
    return fail(ErrorCode::Conflict, fmt::format("ranking version {} exists already", number));
  }
  if (failure) {
    return fail(ErrorCode::Unavailable, (folder_ / "ranking").string() + ": " + failure.message());
  }
  return write_file_atomically(ranking_path(number), text);
}

Result<std::string> FileStateStore::ranking(std::uint32_t number) {
  auto text = read_file(ranking_path(number), IndexState::bytes_max);
  if (!text && text.error().code == ErrorCode::NotFound) {
    return fail(ErrorCode::NotFound, fmt::format("there is no ranking version {}", number));
  }
  return text;
}

Result<std::vector<std::uint32_t>> FileStateStore::rankings() {
  std::vector<std::uint32_t> numbers;
  std::error_code failure;
  for (auto entry = std::filesystem::directory_iterator(folder_ / "ranking", failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    if (const auto number = ranking_number(entry->path().filename().string())) numbers.push_back(*number);
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return fail(ErrorCode::Unavailable, (folder_ / "ranking").string() + ": " + failure.message());
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace aisle
