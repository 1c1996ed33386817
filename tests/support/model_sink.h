// A ChangeSink in memory: a map of records, with a durable copy to fall back to as after a crash.
#pragma once
#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "indexer/change.h"

namespace aisle::test {

// Thread-safe. Complains (violations()) about batches that break the contract.
class ModelSink : public ChangeSink {
 public:
  using Records = std::map<std::string, nlohmann::json>;

  Status apply(ChangeBatch batch) override;
  Lsn durable_lsn() const override;
  Status flush(Deadline deadline) override;
  Result<std::string> mark(const std::string& key) const override;
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) override;
  bool has_room() const override { return has_room_; }
  std::uint64_t document_count() const override { return records().size(); }
  std::uint64_t refused_total() const override { return refused_; }

  Records records() const;
  bool has(const std::string& id) const;
  nlohmann::json record(const std::string& id) const;  // null when there is none
  Lsn applied_lsn() const;
  std::vector<std::string> violations() const;
  std::size_t upserts() const { return upserts_; }
  std::size_t value_changes() const { return value_changes_; }
  std::size_t batches() const { return batches_; }

  // While off, nothing becomes durable but by flush().
  void set_durable_at_once(bool on);
  // What a kill -9 leaves: the last durable state.
  void crash();
  void put(const std::string& id, const nlohmann::json& record);
  void set_room(bool room) { has_room_ = room; }
  // As if so many records had not been built.
  void add_refused(std::uint64_t count) { refused_ += count; }
  // Each apply() takes this long.
  void set_delay(std::chrono::milliseconds delay) { delay_ms_ = delay.count(); }

 private:
  struct State {
    Records records;
    std::map<std::string, std::string> marks;
    Lsn lsn = 0;
  };
  void check(const ChangeBatch& batch);

  mutable std::mutex mutex_;
  State now_;
  State durable_;
  std::vector<std::string> violations_;
  bool durable_at_once_ = true;
  std::atomic<std::int64_t> delay_ms_{0};
  std::atomic<bool> has_room_{true};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::size_t> upserts_{0};
  std::atomic<std::size_t> value_changes_{0};
  std::atomic<std::size_t> batches_{0};
};

}  // namespace aisle::test
