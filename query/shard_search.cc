#include "query/shard_search.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "query/matcher.h"
#include "query/product_json.h"
#include "query/scorer.h"
#include "query/shard_match.h"

namespace aisle {
namespace {

// Documents looked at from which it pays to wake another core.
constexpr std::uint64_t shared_documents_least = 8192;

// By id, of a set that is not empty.
std::string_view first_of(const DocumentSet& documents, const DocumentIds& ids) {
  std::uint32_t first = no_document;
  documents.each([&](std::uint32_t document) {
    if (first == no_document || ids.rank(document) < ids.rank(first)) first = document;
  });
  return ids.of(first);
}

DocumentSet without_hidden(DocumentSet documents, const ShardEffects& effects, const SegmentView& segment) {
  std::vector<std::uint32_t> list = std::move(documents).to_list();
  effects.remove_hidden(segment, list);
  for (const Conjunct& conjunct : effects.conjuncts()) keep_passing(conjunct.node, segment, list);
  return DocumentSet(std::move(list));
}

}  // namespace

std::unique_ptr<SpareCores> make_spare_cores(const QueryLimits& limits) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  return std::make_unique<SpareCores>(std::min(cores, limits.cores_max) - 1, shared_documents_least);
}

LocalShardSearch::LocalShardSearch(const View& view, Deadline deadline, SpareCores* cores)
    : view_(view), deadline_(deadline), user_(cores) {
  for (const auto& image : view.shards) {
    for (const SegmentView& segment : image->segments) segments_.push_back(&segment);
  }
  std::ranges::stable_sort(segments_, std::ranges::greater(), &SegmentView::live);
}

Status LocalShardSearch::in_time() const {
  if (!limited(deadline_).expired()) return {};
  return search_too_late();
}

Result<std::vector<WordExpansion>> LocalShardSearch::expand(const ExpandRequest& request) {
  return aisle::expand(request, view_, segments_, limited(deadline_));
}

Result<std::vector<PlanCount>> LocalShardSearch::count(const CountRequest& request) {
  std::vector<PlanCount> counts;
  for (std::size_t i = 0; i < request.plans.size(); ++i) {
    const Plan& plan = request.plans[i];
    const ShardEffects* effects = request.effects.empty() ? nullptr : request.effects[i].get();
    PlanCount& count = counts.emplace_back();
    for (const SegmentView* segment : segments_) {
      AISLE_CHECK(in_time());
      const Segment& some = *segment->segment;
      PlanPostings postings =
          resolve(plan, some, *view_.statistics->prepared(segment->segment, *view_.context), *view_.context);
      DocumentSet documents = aisle::match(plan, postings, *segment);
      if (effects != nullptr) documents = without_hidden(std::move(documents), *effects, *segment);
      if (documents.empty()) continue;
      const std::string_view first = first_of(documents, some.ids);
      if (count.matches == 0 || first < count.first) count.first = first;
      count.matches += documents.size();
    }
  }
  return counts;
}

Result<MatchResult> LocalShardSearch::match(const MatchRequest& request) {
  return match_segments(request, {view_, segments_, limited(deadline_), user_});
}

Result<std::vector<FetchedProduct>> LocalShardSearch::fetch(const FetchRequest& request,
                                                            std::span<const ShardHit> hits) {
  AISLE_CHECK(in_time());
  std::optional<Scorer> scorer;
  if (request.score || request.explain)
    scorer.emplace(*request.plan, *view_.context, *view_.statistics, request.effects.get());
  for (const ShardHit& hit : hits) {
    if (hit.view != nullptr) prefetch_product_place(*hit.view, hit.document);
  }
  for (const ShardHit& hit : hits) {
    if (hit.view != nullptr) prefetch_product(*view_.context, *hit.view, hit.document);
  }
  std::vector<FetchedProduct> products;
  products.reserve(hits.size());
  for (const ShardHit& hit : hits) {
    FetchedProduct& product = products.emplace_back();
    if (hit.view == nullptr) continue;
    product.found = true;
    product.json = product_json(*view_.context, *hit.view, hit.document);
    if (request.score) {
      const DocumentScore score = scorer->score(*hit.view, hit.document);
      product.score = std::max<std::int64_t>(score.score, 0);  // a pin need not match
      product.typos = score.typos;
      product.missing = score.missing;
    }
    if (request.explain) product.explain = scorer->explain(*hit.view, hit.document);
  }
  return products;
}

Result<std::vector<FetchedProduct>> LocalShardSearch::fetch_by_id(const FetchRequest& request,
                                                                  std::span<const std::string_view> ids) {
  return fetch(request, locate(ids));
}

// The view stays null for those that are not here.
std::vector<ShardHit> LocalShardSearch::locate(std::span<const std::string_view> ids) const {
  std::vector<ShardHit> hits;
  for (const std::string_view id : ids) {
    ShardHit& hit = hits.emplace_back();
    hit.id = id;
    for (const SegmentView* segment : segments_) {
      const std::uint32_t document = segment->segment->ids.find(id);
      if (document == no_document || segment->is_deleted(document)) continue;
      hit.view = segment;
      hit.document = document;
    }
  }
  return hits;
}

}  // namespace aisle
