#include "server/answer_cache/answer_cache.h"

#include <functional>
#include <utility>

#include "query/limits.h"

namespace aisle {

struct AnswerCache::Pending {
  std::mutex mutex;  // guards what follows
  std::condition_variable ended;
  bool has_ended = false;
  std::shared_ptr<const KeptAnswer> answer;  // neither: nobody computes it any more
  std::optional<Error> error;
};

struct AnswerCache::Table {
  std::mutex mutex;                    // guards what follows
  std::unique_ptr<SegmentedLru> kept;  // null: its edition is over
  std::unordered_map<std::string, std::shared_ptr<Pending>> under_way;
};

// All answers from the same contents.
struct AnswerCache::Edition {
  static constexpr std::size_t tables_of_one = 8;

  Edition(const View& view, std::int64_t clock, std::size_t bytes_max, const Counter& evicted)
      : contents(view, clock), evictions(evicted) {
    for (Table& table : tables) table.kept = std::make_unique<SegmentedLru>(bytes_max / tables_of_one);
  }

  Table& table_of(const std::string& key) { return tables[std::hash<std::string>()(key) % tables_of_one]; }

  // How many answers went.
  std::size_t close() {
    std::size_t dropped = 0;
    for (Table& table : tables) {
      std::unique_ptr<SegmentedLru> over;  // freed without the lock
      const std::lock_guard lock(table.mutex);
      over.swap(table.kept);
      dropped += over ? over->size() : 0;
    }
    return dropped;
  }

  const ViewContents contents;
  const Counter& evictions;  // of the cache
  std::array<Table, tables_of_one> tables;
};

void AnswerCache::Flight::end(std::shared_ptr<const KeptAnswer> answer, std::optional<Error> error,
                              bool keep) {
  if (!edition_) return;
  {
    const std::lock_guard lock(table_->mutex);
    table_->under_way.erase(key_);
    if (keep && table_->kept) {
      const std::size_t evicted = table_->kept->keep(std::move(key_), answer);
      if (evicted > 0) edition_->evictions.add(static_cast<double>(evicted));
    }
  }
  {
    const std::lock_guard lock(pending_->mutex);
    pending_->has_ended = true;
    pending_->answer = std::move(answer);
    pending_->error = std::move(error);
  }
  pending_->ended.notify_all();
  edition_.reset();
}

AnswerCache::AnswerCache(std::size_t bytes_max, const std::string& index)
    : bytes_max_(bytes_max),
      hits_(metric_counter("aisle_answer_cache_hits_total", "Searches answered from the cache",
                           {{"index", index}})),
      misses_(metric_counter("aisle_answer_cache_misses_total", "Searches that had to be computed",
                             {{"index", index}})),
      waits_(metric_counter("aisle_answer_cache_waits_total",
                            "Searches that waited for an equal one under way", {{"index", index}})),
      evictions_(metric_counter("aisle_answer_cache_evictions_total", "Kept answers dropped for want of room",
                                {{"index", index}})),
      dropped_(metric_counter("aisle_answer_cache_outdated_total",
                              "Kept answers dropped because the index changed", {{"index", index}})),
      bytes_(metric_gauge("aisle_answer_cache_bytes", "Size of the kept answers", {{"index", index}})) {}

// Null for a view that others have left behind.
std::shared_ptr<AnswerCache::Edition> AnswerCache::edition_of(const View& view, std::int64_t clock) {
  std::shared_ptr<Edition> former;
  {
    const std::lock_guard lock(mutex_);
    former = edition_;
  }
  if (former && former->contents.equal(view, clock)) return former;
  if (former && former->contents.newer_than(view, clock)) return nullptr;
  auto next = std::make_shared<Edition>(view, clock, bytes_max_, evictions_);
  {
    const std::lock_guard lock(mutex_);
    if (edition_ != former) {  // another request was here first
      former = edition_;
      if (former->contents.equal(view, clock)) return former;
      return nullptr;
    }
    edition_ = next;
  }
  if (former) {
    const std::size_t dropped = former->close();
    if (dropped > 0) dropped_.add(static_cast<double>(dropped));
  }
  return next;
}

AnswerCache::Found AnswerCache::find(const View& view, std::int64_t clock, const std::string& key,
                                     Deadline deadline) {
  const std::shared_ptr<Edition> edition = edition_of(view, clock);
  if (!edition) {
    misses_.add();
    return {};
  }
  Table& table = edition->table_of(key);
  for (bool waited = false;; waited = true) {
    std::shared_ptr<Pending> pending;
    {
      const std::lock_guard lock(table.mutex);
      if (table.kept) {
        if (auto answer = table.kept->find(key)) {
          hits_.add();
          return {.answer = std::move(answer), .waited = waited};
        }
      }
      const auto [at, is_new] = table.under_way.try_emplace(key);
      if (is_new) {
        at->second = std::make_shared<Pending>();
        misses_.add();
        return {.flight = Flight(edition, table, key, at->second), .waited = waited};
      }
      pending = at->second;
    }
    if (!waited) waits_.add();
    std::unique_lock lock(pending->mutex);
    if (!pending->ended.wait_until(lock, deadline.time(), [&] { return pending->has_ended; }))
      return {.error = search_too_late().value(), .waited = true};
    if (pending->answer || pending->error)
      return {.answer = pending->answer, .error = pending->error, .waited = true};
  }
}

void AnswerCache::refresh(const View& view, std::int64_t clock) {
  std::size_t bytes = 0;
  if (const auto edition = edition_of(view, clock)) {
    for (Table& table : edition->tables) {
      const std::lock_guard lock(table.mutex);
      if (table.kept) bytes += table.kept->bytes();
    }
  }
  bytes_.set(static_cast<double>(bytes));
}

}  // namespace aisle
