// Answers of one index that are given again as long as its view has the same contents, and one computation
// for equal requests under way.
//   (1) What is given is what the request's own view answers, but for what is written anew each time.
//   (2) An answer that lacks something, and an error, reach those who already wait for it and nobody else.
//   (3) Contents that changed take all answers along with the first look at a newer view.
#pragma once
#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/deadline.h"
#include "base/error.h"
#include "base/metrics.h"
#include "query/view.h"
#include "server/answer_cache/segmented_lru.h"
#include "server/answer_cache/view_contents.h"

namespace aisle {

// Thread-safe. Locks are held for a look into a table or a change of one, never during a search.
class AnswerCache {
 private:
  struct Pending;
  struct Table;
  struct Edition;

 public:
  // The duty to compute an answer that others may wait for. Without a word those go on by themselves, and
  // one of them gets the duty.
  class Flight {
   public:
    Flight() = default;
    Flight(Flight&& other) noexcept = default;
    Flight& operator=(Flight&&) = delete;
    Flight(const Flight&) = delete;
    Flight& operator=(const Flight&) = delete;
    ~Flight() { end({}, std::nullopt, false); }

    // To those who wait, and to those who come later if it is to be kept.
    void answer(std::shared_ptr<const KeptAnswer> answer, bool keep) {
      end(std::move(answer), std::nullopt, keep);
    }
    void fail(const Error& error) { end(nullptr, error, false); }

   private:
    friend class AnswerCache;
    Flight(std::shared_ptr<Edition> edition, Table& table, std::string key, std::shared_ptr<Pending> pending)
        : edition_(std::move(edition)), table_(&table), key_(std::move(key)), pending_(std::move(pending)) {}
    void end(std::shared_ptr<const KeptAnswer> answer, std::optional<Error> error, bool keep);

    std::shared_ptr<Edition> edition_;  // null: nobody waits
    Table* table_ = nullptr;            // of the edition
    std::string key_;
    std::shared_ptr<Pending> pending_;
  };

  // One of three: an answer, an error of the one that was waited for or of waiting too long, or a flight.
  struct Found {
    std::shared_ptr<const KeptAnswer> answer = nullptr;
    std::optional<Error> error = std::nullopt;
    Flight flight = {};
    bool waited = false;
  };

  AnswerCache(std::size_t bytes_max, const std::string& index);

  // `view` is whole and of this process. Waits for an equal request until `deadline`: DeadlineExceeded.
  Found find(const View& view, std::int64_t clock, const std::string& key, Deadline deadline);
  // Drops what a newer view has made useless, and tells the metrics how much is kept.
  void refresh(const View& view, std::int64_t clock);

 private:
  std::shared_ptr<Edition> edition_of(const View& view, std::int64_t clock);

  const std::size_t bytes_max_;
  const Counter hits_, misses_, waits_, evictions_, dropped_;
  const Gauge bytes_;
  std::mutex mutex_;  // guards what follows
  std::shared_ptr<Edition> edition_;
};

}  // namespace aisle
