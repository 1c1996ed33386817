#include "server/fanout/replica_board.h"

#include <algorithm>
#include <cmath>

namespace aisle {
namespace {

double seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

}  // namespace

ReplicaBoard::ReplicaBoard(ReplicaPolicy policy, std::function<std::uint64_t()> random)
    : policy_(policy), random_(std::move(random)) {}

void ReplicaBoard::set_nodes(std::span<const std::string> ids, Time now) {
  const std::lock_guard lock(mutex_);
  std::erase_if(nodes_, [&](const auto& entry) { return std::ranges::find(ids, entry.first) == ids.end(); });
  for (const std::string& id : ids) meet(id, now);
}

void ReplicaBoard::meet(const std::string& id, Time now) {
  const auto [at, is_new] = nodes_.try_emplace(id);
  if (is_new) at->second.known_since = at->second.measured = now;
}

double ReplicaBoard::latency_of(const Node& node, Time now) const {
  return node.latency * std::exp(-seconds(now - node.measured) / seconds(policy_.decay));
}

// Of the nodes that have answered, as they last were; a node that has not is neither better nor worse.
double ReplicaBoard::median_latency(Time now) const {
  std::vector<double> all;
  for (const auto& [id, node] : nodes_) {
    if (node.has_latency) all.push_back(latency_of(node, now));
  }
  if (all.empty()) return 1e6;
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::ranges::nth_element(all, middle);
  return *middle;
}

double ReplicaBoard::cost(const Node& node, Time now) const {
  double latency = node.has_latency ? latency_of(node, now) : median_latency(now);
  if (node.doubtful) latency += static_cast<double>(policy_.error_cost.count());
  return latency * static_cast<double>(node.in_flight + 1);
}

double ReplicaBoard::weight(const Node& node, Time now) const {
  const double answered = static_cast<double>(node.answers) / static_cast<double>(policy_.cold_answers);
  const double age = seconds(now - node.known_since) / seconds(policy_.cold_time);
  const double warmth = std::clamp(std::min(answered, age), 0.0, 1.0);
  return policy_.cold_share + (1 - policy_.cold_share) * warmth;
}

// Ejected nodes come back for one probing call when their time is over.
bool ReplicaBoard::is_available(const Node& node, Time now) const {
  if (node.in_flight >= policy_.in_flight_max) return false;
  return !node.ejected_until || (now >= *node.ejected_until && !node.probing);
}

// Power of two choices; the colder one only by the share its warmth allows it.
const std::string& ReplicaBoard::better(const std::string& a, const std::string& b, Time now) {
  const Node& first = nodes_.at(a);
  const Node& second = nodes_.at(b);
  if (first.doubtful != second.doubtful) {
    const Node& doubtful = first.doubtful ? first : second;
    const double share = doubtful.errors > 0 ? policy_.error_share : policy_.doubt_share;
    return (chance() < share) == first.doubtful ? a : b;
  }
  const double first_weight = weight(first, now);
  const double second_weight = weight(second, now);
  if (first_weight != second_weight) {
    const bool first_is_cold = first_weight < second_weight;
    const Node& cold = first_is_cold ? first : second;
    const double share = std::min(first_weight, second_weight) / std::max(first_weight, second_weight);
    const bool is_full = cold.in_flight >= policy_.cold_in_flight_max;
    if (is_full || chance() >= share) return first_is_cold ? b : a;
    if (!cold.has_latency) return first_is_cold ? a : b;  // nothing speaks against it yet
  }
  return cost(first, now) <= cost(second, now) ? a : b;
}

std::optional<std::string> ReplicaBoard::choose(std::span<const std::string> candidates, bool desperate,
                                                Time now) {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> open;
  std::vector<std::string> ejected;
  for (const std::string& id : candidates) {
    meet(id, now);
    const Node& node = nodes_.at(id);
    if (node.in_flight >= policy_.in_flight_max) continue;
    (is_available(node, now) ? open : ejected).push_back(id);
  }
  if (open.empty() && desperate) open = std::move(ejected);
  if (open.empty()) return std::nullopt;
  std::string chosen = open.front();
  if (open.size() > 1) {
    const std::size_t first = random_() % open.size();
    std::size_t second = random_() % (open.size() - 1);
    if (second >= first) ++second;
    chosen = better(open[first], open[second], now);
  }
  Node& node = nodes_.at(chosen);
  ++node.in_flight;
  node.probing = node.ejected_until.has_value();
  return chosen;
}

// A node that left and came back meanwhile has forgotten the call.
void ReplicaBoard::release(Node& node) {
  if (node.in_flight > 0) --node.in_flight;
}

void ReplicaBoard::observe(Node& node, double latency, Time now) const {
  const double before = latency_of(node, now);
  const double kept = std::exp(-seconds(now - node.measured) / seconds(policy_.decay));
  const bool peak = !node.has_latency || latency > before;
  node.latency = peak ? latency : before * kept + latency * (1 - kept);
  node.measured = now;
  node.has_latency = true;
}

void ReplicaBoard::succeeded(const std::string& id, std::chrono::nanoseconds latency, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  if (at == nodes_.end()) return;
  Node& node = at->second;
  release(node);
  node.errors = 0;
  node.doubtful = false;
  if (node.ejected_until) {  // back, but cold: whatever was wrong, its caches have aged
    node.ejected_until.reset();
    node.probing = false;
    node.answers = 0;
    node.known_since = now;
    node.has_latency = false;
    node.samples_seen = 0;
  }
  ++node.answers;
  if (node.answers >= policy_.cold_answers) node.ejections = 0;
  observe(node, static_cast<double>(latency.count()), now);
  node.samples[node.samples_seen++ % samples_kept] = latency.count();
}

// Never the last, at most half.
bool ReplicaBoard::may_eject() const {
  const auto ejected = static_cast<std::size_t>(
      std::ranges::count_if(nodes_, [&](const auto& entry) { return is_ejected(entry.second); }));
  return (ejected + 1) * 2 <= nodes_.size();
}

void ReplicaBoard::eject(Node& node, Time now) {
  ++node.ejections;
  ++node.ejections_total;
  const auto span = std::min(policy_.ejection * node.ejections, policy_.ejection_max);
  const auto jitter =
      std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(span.count()) * 0.2 * chance()));
  node.ejected_until = now + std::chrono::duration_cast<Deadline::Clock::duration>(span + jitter);
  node.probing = false;
  last_ejection_ = now;
}

bool ReplicaBoard::failed(const std::string& id, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  if (at == nodes_.end()) return false;
  Node& node = at->second;
  release(node);
  ++node.errors;
  node.doubtful = true;
  const bool was_ejected = is_ejected(node);
  if (was_ejected && !node.probing) return false;  // a straggler of the time before
  const bool over = was_ejected || node.errors >= policy_.errors_max;
  if (!over || (!was_ejected && !may_eject())) return false;
  eject(node, now);
  return true;
}

void ReplicaBoard::cancelled(const std::string& id, std::chrono::nanoseconds waited, Time now) {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  if (at == nodes_.end()) return;
  Node& node = at->second;
  release(node);
  node.probing = false;
  if (waited.count() == 0) return;
  node.doubtful = true;
  const auto latency = static_cast<double>(waited.count());
  if (latency > latency_of(node, now)) observe(node, latency, now);
}

void ReplicaBoard::overloaded(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  if (at == nodes_.end()) return;
  release(at->second);
  at->second.probing = false;
  at->second.doubtful = true;
}

std::chrono::nanoseconds ReplicaBoard::p95(const Node& node) const {
  const std::size_t count = std::min(node.samples_seen, samples_kept);
  if (count == 0) return std::chrono::nanoseconds(0);
  std::array<std::int64_t, samples_kept> sorted = node.samples;
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>((count - 1) * 95 / 100);
  std::nth_element(sorted.begin(), at, sorted.begin() + static_cast<std::ptrdiff_t>(count));
  return std::chrono::nanoseconds(*at);
}

std::chrono::nanoseconds ReplicaBoard::hedge_after(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  return at == nodes_.end() ? policy_.hedge_least : std::max(policy_.hedge_least, p95(at->second));
}

std::chrono::nanoseconds ReplicaBoard::try_timeout(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto at = nodes_.find(id);
  return at == nodes_.end() ? policy_.try_least : std::max(policy_.try_least, 4 * p95(at->second));
}

bool ReplicaBoard::may_hedge(Time now) const {
  const std::lock_guard lock(mutex_);
  if (last_ejection_ && now - *last_ejection_ < policy_.hedge_pause) return false;
  std::size_t in_flight = 0;
  for (const auto& [id, node] : nodes_) in_flight += node.in_flight;
  return in_flight * 10 <= nodes_.size() * policy_.in_flight_max * 8;
}

std::vector<ReplicaBoard::NodeView> ReplicaBoard::nodes(Time now) const {
  const std::lock_guard lock(mutex_);
  std::vector<NodeView> all;
  for (const auto& [id, node] : nodes_) {
    all.push_back({id, latency_of(node, now) / 1e6, node.in_flight, is_ejected(node), node.ejections_total});
  }
  return all;
}

}  // namespace aisle
