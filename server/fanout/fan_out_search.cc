#include "server/fanout/fan_out_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "query/shard_wire.h"
#include "server/fanout/view_name.h"

namespace aisle {
namespace {

std::vector<std::uint32_t> own_shards(const ShardMap& map) {
  std::vector<std::uint32_t> own;
  for (std::uint32_t shard = 0; shard < map.own.size(); ++shard) {
    if (map.own[shard]) own.push_back(shard);
  }
  return own;
}

}  // namespace

void ShardSizes::set(std::uint32_t shard, std::uint64_t documents) {
  const std::lock_guard lock(mutex_);
  if (shard >= documents_.size()) documents_.resize(shard + 1);
  documents_[shard] = documents;
}

double ShardSizes::coverage(const std::set<std::uint32_t>& missing, std::uint32_t shards) const {
  const std::lock_guard lock(mutex_);
  double known = 0;
  double sum = 0;
  for (const auto& documents : documents_) {
    if (!documents) continue;
    ++known;
    sum += static_cast<double>(*documents);
  }
  const double mean = known > 0 && sum > 0 ? sum / known : 1;
  double all = 0;
  double lost = 0;
  for (std::uint32_t shard = 0; shard < shards; ++shard) {
    const bool is_known = sum > 0 && shard < documents_.size() && documents_[shard];
    const double size = is_known ? static_cast<double>(*documents_[shard]) : mean;
    all += size;
    if (missing.contains(shard)) lost += size;
  }
  return all > 0 ? 1 - lost / all : 1;
}

FanOutSearch::FanOutSearch(FanOut& fan_out, std::shared_ptr<const ShardMap> map, ShardSizes& sizes,
                           const View& view, FanOutRequest request)
    : fan_out_(fan_out),
      map_(std::move(map)),
      sizes_(sizes),
      own_(own_shards(*map_)),
      own_view_(part_of(view, own_)),
      statistics_(view.statistics),
      request_(std::move(request)),
      local_(own_view_, request_.deadline, request_.cores),
      view_name_(format_view_name(name_of(view))) {
  std::map<std::vector<std::size_t>, std::vector<std::uint32_t>> by_holders;
  for (std::uint32_t shard = 0; shard < map_->own.size(); ++shard) {
    if (!map_->own[shard]) by_holders[map_->holders[shard]].push_back(shard);
  }
  for (const auto& [holders, shards] : by_holders) {
    Group& group = groups_.emplace_back();
    group.shards = shards;
    for (const std::size_t node : holders) group.holders.push_back(map_->nodes[node]);
  }
  for (std::size_t i = 0; i < own_.size(); ++i) sizes_.set(own_[i], own_view_.shards[i]->live());
}

// A partial answer needs time to be made: whoever may go on without a shard waits for it half of the time
// left.
Deadline FanOutSearch::call_deadline() const {
  if (request_.min_coverage >= 1) return limited(request_.deadline);
  return limited(Deadline::after(request_.deadline.remaining() / 2));
}

void FanOutSearch::limit(Deadline until) {
  ShardSearch::limit(until);
  local_.limit(until);
}

GroupCallText FanOutSearch::text_of(std::string_view operation, std::string body) const {
  return {fmt::format("/internal/v1/indexes/{}/{}", request_.index, operation), view_name_,
          request_.min_lsn == 0 ? "" : format_lsn(request_.min_lsn), std::move(body)};
}

Status FanOutSearch::call(std::string_view operation, std::string body, const std::function<void()>& beside,
                          const FanOut::Accept& accept) {
  std::vector<std::size_t> which(groups_.size());
  std::iota(which.begin(), which.end(), 0);
  return call_groups(which, text_of(operation, std::move(body)), beside, accept);
}

Status FanOutSearch::call_groups(std::span<const std::size_t> which, GroupCallText text,
                                 const std::function<void()>& beside, const FanOut::Accept& accept) {
  std::vector<std::size_t> asked;
  std::vector<ShardGroup> groups;
  for (const std::size_t i : which) {
    if (groups_[i].lost) continue;
    asked.push_back(i);
    groups.push_back(groups_[i]);
  }
  const auto statuses =
      fan_out_.call(groups, text, call_deadline(), beside,
                    [&](std::size_t i, std::string_view body) { return accept(asked[i], body); });
  Error last;
  bool complete = true;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i]) continue;
    if (is_limited() && statuses[i].error().code == ErrorCode::DeadlineExceeded) return statuses[i];
    groups_[asked[i]].lost = true;
    last = statuses[i].error();
    complete = false;
  }
  return complete ? Status() : cover(last);
}

// What is left when groups are lost, and whether it is enough.
Status FanOutSearch::cover(const Error& last) {
  std::set<std::uint32_t> missing;
  for (const Group& group : groups_) {
    if (group.lost) missing.insert(group.shards.begin(), group.shards.end());
  }
  coverage_ = std::min(coverage_, sizes_.coverage(missing, static_cast<std::uint32_t>(map_->own.size())));
  if (coverage_ >= request_.min_coverage) return {};
  return fail(
      ErrorCode::Unavailable,
      fmt::format("shards {} of {} do not answer ({}); the answer would cover {:.3f}, min_coverage is {:.3f}",
                  fmt::join(missing, ", "), map_->own.size(), last.message, coverage_,
                  request_.min_coverage));
}

Result<std::vector<WordExpansion>> FanOutSearch::expand(const ExpandRequest& request) {
  std::optional<Result<std::vector<WordExpansion>>> local;
  std::vector<std::vector<WordExpansion>> far(groups_.size());
  AISLE_CHECK(call(
      "expand", encode_expand(request), [&] { local.emplace(local_.expand(request)); },
      [&](std::size_t group, std::string_view body) -> Status {
        AISLE_TRY(far[group], decode_expansions(body, request.asks.size()));
        return {};
      }));
  AISLE_TRY(std::vector<WordExpansion> all, std::move(*local));
  for (auto& some : far) {
    if (!some.empty()) merge_expansions(request, *statistics_, all, std::move(some));
  }
  return all;
}

Result<std::vector<PlanCount>> FanOutSearch::count(const CountRequest& request) {
  std::optional<Result<std::vector<PlanCount>>> local;
  std::vector<std::vector<PlanCount>> far(groups_.size());
  AISLE_CHECK(call(
      "count", encode_count(request), [&] { local.emplace(local_.count(request)); },
      [&](std::size_t group, std::string_view body) -> Status {
        AISLE_TRY(far[group], decode_counts(body, request.plans.size()));
        return {};
      }));
  AISLE_TRY(std::vector<PlanCount> all, std::move(*local));
  for (const auto& some : far) {
    if (!some.empty()) merge_counts(all, some);
  }
  return all;
}

Result<MatchResult> FanOutSearch::match(const MatchRequest& request) {
  std::optional<Result<MatchResult>> local;
  std::vector<std::optional<MatchResult>> far(groups_.size());
  AISLE_CHECK(call(
      "match", encode_match(request), [&] { local.emplace(local_.match(request)); },
      [&](std::size_t group, std::string_view body) -> Status {
        AISLE_TRY(far[group], decode_matches(body, request));
        return {};
      }));
  AISLE_TRY(MatchResult all, std::move(*local));
  for (std::uint32_t i = 0; i < far.size(); ++i) {
    if (!far[i]) continue;
    const std::vector<std::uint32_t>& shards = groups_[i].shards;
    for (std::size_t s = 0; s < std::min(shards.size(), far[i]->documents.size()); ++s)
      sizes_.set(shards[s], far[i]->documents[s]);
    far_lsn_ = std::min(far_lsn_, far[i]->lsn);
    for (ShardHit& hit : far[i]->best) hit.source = i;
    for (ShardPin& pin : far[i]->pins) pin.hit.source = i;
    merge_matches(all, std::move(*far[i]));
  }
  return all;
}

Result<std::vector<FetchedProduct>> FanOutSearch::fetch(const FetchRequest& request,
                                                        std::span<const ShardHit> hits) {
  std::vector<FetchedProduct> products(hits.size());
  std::vector<std::vector<std::size_t>> far(groups_.size());  // by group: places in `hits`
  std::vector<std::size_t> here;
  std::vector<ShardHit> local;
  for (std::size_t i = 0; i < hits.size(); ++i) {
    if (hits[i].product) {
      products[i] = *hits[i].product;
    } else if (hits[i].view != nullptr) {
      here.push_back(i);
      local.push_back(hits[i]);
    } else {
      far[hits[i].source].push_back(i);
    }
  }
  AISLE_TRY(std::vector<FetchedProduct> found, local_.fetch(request, local));
  for (std::size_t i = 0; i < here.size(); ++i) products[here[i]] = std::move(found[i]);
  for (std::size_t group = 0; group < far.size(); ++group) {
    if (far[group].empty()) continue;
    std::vector<std::string_view> ids;
    for (const std::size_t i : far[group]) ids.push_back(hits[i].id);
    AISLE_CHECK(call_groups(
        std::span(&group, 1), text_of("fetch", encode_fetch(request, ids)), [] {},
        [&](std::size_t, std::string_view body) -> Status {
          AISLE_TRY(auto fetched, decode_products(body, ids.size()));
          for (std::size_t i = 0; i < ids.size(); ++i) products[far[group][i]] = std::move(fetched[i]);
          return {};
        }));
  }
  return products;
}

Result<std::vector<FetchedProduct>> FanOutSearch::fetch_by_id(const FetchRequest& request,
                                                              std::span<const std::string_view> ids) {
  AISLE_TRY(std::vector<FetchedProduct> products, local_.fetch_by_id(request, ids));
  AISLE_CHECK(call(
      "fetch", encode_fetch(request, ids), [] {},
      [&](std::size_t, std::string_view body) -> Status {
        AISLE_TRY(auto fetched, decode_products(body, ids.size()));
        for (std::size_t i = 0; i < ids.size(); ++i) {
          if (fetched[i].found) products[i] = std::move(fetched[i]);
        }
        return {};
      }));
  return products;
}

}  // namespace aisle
