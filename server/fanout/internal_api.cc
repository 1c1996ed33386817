#include "server/fanout/internal_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "query/shard_search.h"
#include "query/shard_wire.h"
#include "server/http/error_response.h"
#include "server/wire_error.h"

namespace aisle {
namespace {

constexpr std::size_t window_with_products_max = 50;

Result<Deadline> read_deadline(const HttpRequest& request, std::chrono::milliseconds route_time) {
  const std::string_view text = request.header(deadline_header).value_or("");
  std::int64_t left = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), left);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || left <= 0) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("{} is \"{}\", expected milliseconds", deadline_header, text.substr(0, 20)));
  }
  const auto arrived = request.deadline.time() - route_time;
  return Deadline::at(arrived + std::min(std::chrono::milliseconds(left), route_time));
}

Result<std::string> answer_expand(LocalShardSearch& shards, std::string_view body,
                                  const QueryLimits& limits) {
  AISLE_TRY(const ExpandRequest request, decode_expand(body, limits));
  AISLE_TRY(const std::vector<WordExpansion> answers, shards.expand(request));
  return encode_expansions(answers);
}

Result<std::string> answer_count(LocalShardSearch& shards, std::string_view body, const IndexSchema& schema,
                                 const QueryLimits& limits) {
  AISLE_TRY(const CountRequest request, decode_count(body, schema, limits));
  AISLE_TRY(const std::vector<PlanCount> counts, shards.count(request));
  return encode_counts(counts);
}

// A short window's products go along: most pages need no second call.
Status add_products(LocalShardSearch& shards, const MatchRequest& request, MatchResult& result) {
  if (!request.fetch || request.window > window_with_products_max) return {};
  AISLE_TRY(std::vector<FetchedProduct> products, shards.fetch(*request.fetch, result.best));
  for (std::size_t i = 0; i < products.size(); ++i)
    result.best[i].product = std::make_shared<FetchedProduct>(std::move(products[i]));
  return {};
}

Result<std::string> answer_match(LocalShardSearch& shards, std::string_view body, const View& view,
                                 const QueryLimits& limits) {
  AISLE_TRY(const MatchRequest request, decode_match(body, *view.context->schema, limits));
  AISLE_TRY(MatchResult result, shards.match(request));
  keep_best(request, result.best, request.window);
  AISLE_CHECK(add_products(shards, request, result));
  for (const auto& image : view.shards) result.documents.push_back(image->live());
  result.lsn = view.lsn();
  return encode_matches(request, result);
}

Result<std::string> answer_fetch(LocalShardSearch& shards, std::string_view body, const View& view,
                                 const QueryLimits& limits) {
  AISLE_TRY(const FetchCall call, decode_fetch(body, *view.context->schema, limits));
  const std::vector<std::string_view> ids(call.ids.begin(), call.ids.end());
  AISLE_TRY(const std::vector<FetchedProduct> products, shards.fetch_by_id(call.request, ids));
  return encode_products(products);
}

}  // namespace

InternalApi::InternalApi(FindView find_view, const ClusterMap& map, QueryLimits limits, SpareCores* cores)
    : find_view_(std::move(find_view)), map_(map), limits_(limits), cores_(cores) {}

Result<View> InternalApi::pinned_view(const HttpRequest& request, Deadline deadline,
                                      std::vector<std::uint32_t>& shards) const {
  AISLE_TRY(const ViewName wanted, parse_view_name(request.header(view_header).value_or("")));
  AISLE_TRY(shards, parse_shards(request.header(shards_header).value_or(""), wanted.shards));
  const std::string& index = request.path_parameters.at("index");
  const Lsn min_lsn = parse_lsn(request.header(min_lsn_header).value_or("0/0")).value_or(0);
  const std::optional<View> view = find_view_(index, wanted, min_lsn, deadline);
  if (!view) {
    return fail(ErrorCode::NotFound,
                fmt::format("generation {} of index \"{}\" is not here", wanted.generation, index));
  }
  if (const ViewName here = name_of(*view); !here.answers_as(wanted)) {
    return fail(ErrorCode::NotFound,
                fmt::format("view {} is not here, but {}", format_view_name(wanted), format_view_name(here)));
  }
  const auto map = map_.find(index, wanted.generation, wanted.shards);
  for (const std::uint32_t shard : shards) {
    if (!map->own[shard]) return fail(ErrorCode::NotFound, fmt::format("shard {} is not here", shard));
  }
  View part = part_of(*view, shards);
  if (part.lsn() >= min_lsn) return part;
  return fail(ErrorCode::NotFound, fmt::format("changes up to {} are not here, but up to {}",
                                               format_lsn(min_lsn), format_lsn(part.lsn())));
}

Result<std::string> InternalApi::answer_body(std::string_view operation, const HttpRequest& request,
                                             std::chrono::milliseconds route_time) const {
  AISLE_TRY(const Deadline deadline, read_deadline(request, route_time));
  std::vector<std::uint32_t> asked;
  AISLE_TRY(const View view, pinned_view(request, deadline, asked));
  LocalShardSearch shards(view, deadline, cores_);
  if (operation == "expand") return answer_expand(shards, request.body, limits_);
  if (operation == "count") return answer_count(shards, request.body, *view.context->schema, limits_);
  if (operation == "match") return answer_match(shards, request.body, view, limits_);
  return answer_fetch(shards, request.body, view, limits_);
}

HttpResponse InternalApi::answer(std::string_view operation, const HttpRequest& request,
                                 std::chrono::milliseconds route_time) const {
  Result<std::string> body = answer_body(operation, request, route_time);
  if (body) return {.content_type = "application/octet-stream", .body = std::move(*body)};
  if (body.error().code == ErrorCode::NotFound)
    return error_response(421, "not_here", body.error().message, request.request_id);
  return refuse(body.error(), request.request_id);
}

}  // namespace aisle
