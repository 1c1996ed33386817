#include "tests/support/model_sink.h"

#include <set>
#include <thread>

namespace aisle::test {

void ModelSink::check(const ChangeBatch& batch) {
  std::set<std::string> seen;
  const auto once = [&](const std::string& id) {
    if (!seen.insert(id).second) violations_.push_back("id " + id + " occurs twice in a batch");
  };
  for (const auto& record : batch.upserts) once(record.id);
  for (const auto& record : batch.values) once(record.id);
  for (const auto& id : batch.deletes) once(id);
  if (batch.lsn != 0 && batch.lsn < now_.lsn)
    violations_.push_back("the position went back from " + format_lsn(now_.lsn));
}

Status ModelSink::apply(ChangeBatch batch) {
  std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms_));
  const std::lock_guard lock(mutex_);
  check(batch);
  for (const auto& record : batch.upserts) now_.records[record.id] = nlohmann::json::parse(record.json);
  for (const auto& record : batch.values) {
    if (const auto found = now_.records.find(record.id); found != now_.records.end()) {
      found->second.update(nlohmann::json::parse(record.json));
    }
  }
  for (const auto& id : batch.deletes) now_.records.erase(id);
  upserts_ += batch.upserts.size();
  value_changes_ += batch.values.size();
  ++batches_;
  if (batch.lsn != 0) now_.lsn = batch.lsn;
  if (!batch.mark_key.empty()) now_.marks[batch.mark_key] = batch.mark_value;
  if (durable_at_once_) durable_.lsn = now_.lsn;
  return {};
}

Lsn ModelSink::durable_lsn() const {
  const std::lock_guard lock(mutex_);
  return durable_.lsn;
}

Status ModelSink::flush(Deadline) {
  const std::lock_guard lock(mutex_);
  durable_ = now_;
  return {};
}

Result<std::string> ModelSink::mark(const std::string& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = now_.marks.find(key);
  return found == now_.marks.end() ? "" : found->second;
}

Result<std::vector<std::string>> ModelSink::ids(const std::string& after, std::size_t count_max) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (auto at = now_.records.upper_bound(after); at != now_.records.end() && out.size() < count_max; ++at) {
    out.push_back(at->first);
  }
  return out;
}

ModelSink::Records ModelSink::records() const {
  const std::lock_guard lock(mutex_);
  return now_.records;
}

bool ModelSink::has(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return now_.records.contains(id);
}

nlohmann::json ModelSink::record(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = now_.records.find(id);
  return found == now_.records.end() ? nlohmann::json() : found->second;
}

Lsn ModelSink::applied_lsn() const {
  const std::lock_guard lock(mutex_);
  return now_.lsn;
}

std::vector<std::string> ModelSink::violations() const {
  const std::lock_guard lock(mutex_);
  return violations_;
}

void ModelSink::set_durable_at_once(bool on) {
  const std::lock_guard lock(mutex_);
  durable_ = now_;
  durable_at_once_ = on;
}

void ModelSink::crash() {
  const std::lock_guard lock(mutex_);
  if (!durable_at_once_) now_ = durable_;
}

void ModelSink::put(const std::string& id, const nlohmann::json& record) {
  const std::lock_guard lock(mutex_);
  now_.records[id] = record;
}

}  // namespace aisle::test
