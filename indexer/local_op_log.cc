#include "indexer/local_op_log.h"

#include <algorithm>
#include <utility>

namespace aisle {

std::size_t op_bytes(const Op& op) {
  constexpr std::size_t inline_text = 15;  // what a std::string holds without the heap
  const auto text = [](const std::string& value) {
    return value.size() > inline_text ? value.size() + 1 : 0;
  };
  const Document& document = op.document;
  std::size_t bytes = sizeof(Op) + text(op.id) + text(op.mark_key) + text(op.mark_value) + text(document.id) +
                      text(document.stored);
  bytes += (op.numbers.size() + document.numbers.size()) * sizeof(NumberCell);
  for (const FieldTokens& field : document.texts) {
    bytes += sizeof(FieldTokens) + field.tokens.size() * sizeof(IndexToken);
    for (const IndexToken& token : field.tokens) bytes += text(token.term);
  }
  for (const KeywordCell& cell : document.keywords) {
    bytes += sizeof(KeywordCell) + cell.values.size() * sizeof(std::string);
    for (const std::string& value : cell.values) bytes += text(value);
  }
  return bytes;
}

LocalOpLog::Reader::~Reader() {
  if (log_ == nullptr) return;
  std::vector<Entry> gone;
  const std::lock_guard lock(log_->mutex_);
  log_->readers_.erase(key_);
  gone = log_->trim();
}

void LocalOpLog::Reader::release(Seq seq) {
  log_->release(key_, seq);
}

Seq LocalOpLog::Reader::released() const {
  const std::lock_guard lock(log_->mutex_);
  return log_->readers_.at(key_);
}

LocalOpLog::LocalOpLog(Seq tail, Limits limits) : limits_(limits), first_(tail), tail_(tail) {}

LocalOpLog::Reader LocalOpLog::register_reader() {
  const std::lock_guard lock(mutex_);
  readers_.emplace(next_reader_, first_);
  return Reader(this, next_reader_++);
}

Result<Seq> LocalOpLog::append(Seq last_seen, std::vector<Op> ops, Deadline deadline) {
  if (ops.empty()) return fail(ErrorCode::InvalidArgument, "no ops to append");
  std::vector<Entry> entries;
  entries.reserve(ops.size());
  std::size_t bytes = 0;
  for (Op& op : ops) {
    const std::size_t size = op_bytes(op);
    bytes += size;
    entries.push_back({std::make_shared<const Op>(std::move(op)), {}, size});
  }
  std::unique_lock lock(mutex_);
  const auto ready = [&] { return closed_ || tail_ != last_seen || has_room(entries.size(), bytes); };
  while (!ready()) {
    if (deadline.expired()) {
      return fail(ErrorCode::DeadlineExceeded, "the op log is full: " + std::to_string(entries_.size()) +
                                                   " ops wait for its slowest reader, the limit is " +
                                                   std::to_string(limits_.ops_max));
    }
    shrunk_.wait_for(lock, deadline.remaining());
  }
  if (closed_) return fail(ErrorCode::Unavailable, "the op log is closed");
  if (tail_ != last_seen) {
    return fail(ErrorCode::Conflict,
                "the op log ends at " + std::to_string(tail_) + ", expected " + std::to_string(last_seen));
  }
  add(std::move(entries), bytes);
  return tail_;
}

Status LocalOpLog::take(std::vector<SequencedOp> ops) {
  if (ops.empty()) return {};
  const Seq before = ops.front().seq - 1;
  std::vector<Entry> entries;
  entries.reserve(ops.size());
  std::size_t bytes = 0;
  for (SequencedOp& next : ops) {
    if (next.seq != before + entries.size() + 1) return fail(ErrorCode::Conflict, "ops come out of order");
    const std::size_t size = op_bytes(next.op);
    bytes += size;
    entries.push_back({std::make_shared<const Op>(std::move(next.op)), next.point, size});
  }
  const std::lock_guard lock(mutex_);
  if (closed_) return fail(ErrorCode::Unavailable, "the op log is closed");
  if (tail_ != before) {
    return fail(ErrorCode::Conflict, "the op log ends at " + std::to_string(tail_) + ", the ops go on from " +
                                         std::to_string(before));
  }
  add(std::move(entries), bytes);
  return {};
}

std::optional<LogPosition> LocalOpLog::position() const {
  const std::lock_guard lock(mutex_);
  return position_;
}

void LocalOpLog::add(std::vector<Entry> entries, std::size_t bytes) {
  tail_ += entries.size();
  bytes_ += bytes;
  position_ = LogPosition{tail_, entries.back().op->lsn, entries.back().point};
  std::ranges::move(entries, std::back_inserter(entries_));
  grown_.notify_all();
}

Result<std::vector<SequencedOp>> LocalOpLog::read(Seq seen, std::size_t count_max, Deadline deadline) {
  std::vector<Entry> found;
  {
    std::unique_lock lock(mutex_);
    while (!closed_ && tail_ <= seen && !deadline.expired()) grown_.wait_for(lock, deadline.remaining());
    if (seen < first_) {
      return fail(ErrorCode::NotFound, "the op log begins after " + std::to_string(first_) + ", asked for " +
                                           std::to_string(seen));
    }
    if (tail_ <= seen) {
      if (closed_) return fail(ErrorCode::Unavailable, "the op log is closed");
      return std::vector<SequencedOp>();
    }
    const std::size_t begin = seen - first_;
    const std::size_t count = std::min(count_max, entries_.size() - begin);
    found.reserve(count);
    for (std::size_t i = 0; i < count; ++i) found.push_back(entries_[begin + i]);
  }
  std::vector<SequencedOp> ops;
  ops.reserve(found.size());
  for (const Entry& entry : found) ops.push_back({++seen, *entry.op, entry.point});
  return ops;
}

Seq LocalOpLog::tail() const {
  const std::lock_guard lock(mutex_);
  return tail_;
}

bool LocalOpLog::wait_for_room(std::size_t ops, std::size_t bytes, Deadline deadline) {
  std::unique_lock lock(mutex_);
  while (!closed_ && !has_room(ops, bytes) && !deadline.expired())
    shrunk_.wait_for(lock, deadline.remaining());
  return closed_ || has_room(ops, bytes);
}

void LocalOpLog::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  grown_.notify_all();
  shrunk_.notify_all();
}

std::size_t LocalOpLog::ops() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

std::size_t LocalOpLog::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

bool LocalOpLog::has_room(std::size_t ops, std::size_t bytes) const {
  return entries_.empty() ||
         (entries_.size() + ops <= limits_.ops_max && bytes_ + bytes <= limits_.bytes_max);
}

void LocalOpLog::release(std::uint64_t key, Seq seq) {
  std::vector<Entry> gone;
  const std::lock_guard lock(mutex_);
  Seq& released = readers_.at(key);
  released = std::max(released, std::min(seq, tail_));
  gone = trim();
}

std::vector<LocalOpLog::Entry> LocalOpLog::trim() {
  std::vector<Entry> gone;
  if (readers_.empty()) return gone;
  Seq slowest = tail_;
  for (const auto& [key, released] : readers_) slowest = std::min(slowest, released);
  gone.reserve(slowest - first_);
  while (first_ < slowest) {
    bytes_ -= entries_.front().bytes;
    gone.push_back(std::move(entries_.front()));
    entries_.pop_front();
    ++first_;
  }
  shrunk_.notify_all();
  return gone;
}

}  // namespace aisle
