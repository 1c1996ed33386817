#include "server/fanout/fan_out.h"

#include <algorithm>

#include "server/fanout/group_call.h"

namespace aisle {

FanOut::FanOut(std::unique_ptr<NodeTransport> transport, FanOutPolicy policy,
               std::function<std::uint64_t()> random)
    : policy_(policy),
      transport_(std::move(transport)),
      board_(policy.replicas, std::move(random)),
      retries_(policy.retry_share, policy.retries_saved_max),
      hedges_(policy.hedge_share, policy.hedges_saved_max) {}

void FanOut::set_nodes(std::span<const NodeAddress> nodes) {
  std::vector<std::string> ids;
  for (const NodeAddress& node : nodes) ids.push_back(node.id);
  board_.set_nodes(ids, transport_->now());
}

std::vector<Status> FanOut::call(std::span<const ShardGroup> groups, const GroupCallText& text,
                                 Deadline deadline, const std::function<void()>& beside,
                                 const Accept& accept) {
  std::vector<GroupCall> calls;
  calls.reserve(groups.size());
  for (const ShardGroup& group : groups) calls.emplace_back(*this, group, text, deadline).start();
  beside();
  for (;;) {
    Deadline::Clock::time_point next = Deadline::Clock::time_point::max();
    std::vector<NodeExchange*> exchanges;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (!calls[i].done()) calls[i].advance([&](std::string_view body) { return accept(i, body); });
      if (calls[i].done()) continue;
      next = std::min(next, calls[i].next_event());
      calls[i].add_exchanges(exchanges);
    }
    if (exchanges.empty()) break;
    transport_->wait(exchanges, next);
  }
  std::vector<Status> statuses;
  for (const GroupCall& call : calls) statuses.push_back(call.status());
  return statuses;
}

}  // namespace aisle
