#include "server/fanout/group_call.h"

#include <algorithm>

#include "server/fanout/view_name.h"

namespace aisle {
namespace {

constexpr int status_not_here = 421;

std::chrono::milliseconds left_until(Deadline::Clock::time_point end, Deadline::Clock::time_point now) {
  return std::chrono::floor<std::chrono::milliseconds>(
      std::min<Deadline::Clock::duration>(end - now, std::chrono::hours(1)));
}

}  // namespace

GroupCall::GroupCall(FanOut& owner, const ShardGroup& group, const GroupCallText& text, Deadline deadline)
    : owner_(owner), group_(group), text_(text), shards_(format_shards(group.shards)), deadline_(deadline) {
  for (const NodeAddress& node : group.holders) untried_.push_back(node.id);
}

void GroupCall::start() {
  owner_.retries_.earn();
  owner_.hedges_.earn();
  owner_.metrics_.calls.add();
  if (!begin_try(true)) finish(tl::unexpected<Error>(error_));
}

bool GroupCall::begin_try(bool desperate) {
  const Time now = owner_.transport_->now();
  const std::chrono::milliseconds left = left_until(deadline_.time(), now) - owner_.policy_.hop;
  if (left.count() <= 0) {
    error_ = {ErrorCode::DeadlineExceeded, "no time is left for another node"};
    return false;
  }
  const auto chosen = owner_.board_.choose(untried_, desperate, now);
  if (!chosen) return false;
  std::erase(untried_, *chosen);
  const auto node = std::ranges::find(group_.holders, *chosen, &NodeAddress::id);
  NodeCall call{text_.path,
                {{std::string(view_header), text_.view},
                 {std::string(shards_header), shards_},
                 {std::string(deadline_header), std::to_string(left.count())}},
                text_.body};
  if (!text_.min_lsn.empty()) call.headers.emplace_back(std::string(min_lsn_header), text_.min_lsn);
  tries_.push_back({*chosen, owner_.transport_->start(*node, call), now, false});
  return true;
}

void GroupCall::advance(const std::function<Status(std::string_view)>& accept) {
  for (std::size_t i = 0; i < tries_.size() && !done();) {
    if (!tries_[i].exchange->finished()) {
      ++i;
      continue;
    }
    Try ended = std::move(tries_[i]);
    tries_.erase(tries_.begin() + static_cast<std::ptrdiff_t>(i));
    judge(std::move(ended), accept);
  }
  if (done()) return;
  const Time now = owner_.transport_->now();
  if (now >= deadline_.time()) {
    finish(fail(ErrorCode::DeadlineExceeded, tries_.front().id + " did not answer in time"));
    return;
  }
  consider_second(now);
}

void GroupCall::judge(Try ended, const std::function<Status(std::string_view)>& accept) {
  const Time now = owner_.transport_->now();
  if (ended.exchange->status() == 0) {
    fail_try(ended, std::string(ended.exchange->error()));
  } else if (ended.exchange->status() != 200) {
    judge_refusal(ended);
  } else if (const Status accepted = accept(ended.exchange->body()); !accepted) {
    fail_try(ended, accepted.error().message);
  } else {
    owner_.board_.succeeded(ended.id, now - ended.begun, now);
    finish({});
  }
}

// An answer that says no. Its body begins with the code; see internal_api.cc.
void GroupCall::judge_refusal(const Try& refused) {
  const int status = refused.exchange->status();
  const std::string_view body = refused.exchange->body();
  if (status == status_not_here) {
    owner_.metrics_.not_here.add();
    owner_.board_.cancelled(refused.id, std::chrono::nanoseconds(0), owner_.transport_->now());
    error_ = {ErrorCode::NotFound, refused.id + " does not have the view"};
    if (!begin_try(false) && tries_.empty()) finish(tl::unexpected<Error>(error_));
  } else if (status == 503 && body.find("\"deadline_exceeded\"") != std::string_view::npos) {
    const Time now = owner_.transport_->now();
    owner_.board_.cancelled(refused.id, now - refused.begun, now);
    error_ = {ErrorCode::DeadlineExceeded, refused.id + " ran out of time"};
    if (tries_.empty()) finish(tl::unexpected<Error>(error_));
  } else if (status == 503) {
    owner_.board_.overloaded(refused.id);
    error_ = {ErrorCode::Unavailable, refused.id + " is overloaded"};
    retry();
  } else {
    fail_try(refused, "answered " + std::to_string(status));
  }
}

void GroupCall::fail_try(const Try& failed, std::string why) {
  owner_.metrics_.errors.add();
  if (owner_.board_.failed(failed.id, owner_.transport_->now())) owner_.metrics_.ejections.add();
  error_ = {ErrorCode::Unavailable, failed.id + ": " + std::move(why)};
  retry();
}

// After a failure: once, on another node. A call that still runs may answer yet.
void GroupCall::retry() {
  if (!retried_ && !untried_.empty() && owner_.retries_.spend()) {
    retried_ = true;
    if (begin_try(true)) {
      owner_.metrics_.retries.add();
      return;
    }
  }
  if (tries_.empty()) finish(tl::unexpected<Error>(error_));
}

// The one call under way is slow: ask a second node within the budgets.
void GroupCall::consider_second(Time now) {
  if (tries_.size() != 1 || untried_.empty()) return;
  Try& first = tries_.front();
  const auto waited = now - first.begun;
  if (!first.overdue && waited >= owner_.board_.try_timeout(first.id)) {
    first.overdue = true;
    if (!retried_) retry();
  } else if (!hedged_ && waited >= owner_.board_.hedge_after(first.id)) {
    hedged_ = true;
    if (owner_.board_.may_hedge(now) && owner_.hedges_.spend() && begin_try(false))
      owner_.metrics_.hedges.add();
  }
}

GroupCall::Time GroupCall::next_event() const {
  Time next = deadline_.time();
  if (tries_.size() != 1 || untried_.empty()) return next;
  const Try& first = tries_.front();
  const auto at = [&](std::chrono::nanoseconds span) {
    return first.begun + std::chrono::duration_cast<Deadline::Clock::duration>(span);
  };
  if (!first.overdue) next = std::min(next, at(owner_.board_.try_timeout(first.id)));
  if (!hedged_) next = std::min(next, at(owner_.board_.hedge_after(first.id)));
  return next;
}

void GroupCall::add_exchanges(std::vector<NodeExchange*>& all) const {
  for (const Try& some : tries_) all.push_back(some.exchange.get());
}

// Those that lost the race say nothing about their nodes, unless they are overdue.
void GroupCall::finish(Status status) {
  const Time now = owner_.transport_->now();
  for (const Try& left : tries_) {
    const auto waited = now - left.begun;
    if (waited < owner_.board_.try_timeout(left.id)) {
      owner_.board_.cancelled(left.id, waited, now);
    } else {
      owner_.metrics_.errors.add();
      if (owner_.board_.failed(left.id, now)) owner_.metrics_.ejections.add();
    }
  }
  tries_.clear();
  if (!status) owner_.metrics_.unanswered.add();
  status_ = std::move(status);
}

}  // namespace aisle
