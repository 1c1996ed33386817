#include "query/shard_wire.h"

#include <algorithm>

#include "query/matches_wire.h"
#include "query/plan_wire.h"
#include "query/request_check.h"
#include "query/wire_bytes.h"

namespace aisle {
namespace {

constexpr std::uint64_t typos_highest = 2;
constexpr std::uint64_t length_highest = 1'000;
constexpr std::uint64_t facets_ms_highest = 86'400'000;  // what is left of Deadline::never()

enum class Message : std::uint8_t {
  Expand = 1,
  Expansions,
  Count,
  Counts,
  Match,
  Matches,
  Fetch,
  Products,
};

WireWriter begin(Message message) {
  WireWriter out;
  out.byte(shard_wire_version);
  out.byte(static_cast<std::uint8_t>(message));
  return out;
}

Result<WireReader> open(std::string_view bytes, Message message) {
  WireReader in(bytes);
  const std::uint8_t version = in.byte();
  const std::uint8_t kind = in.byte();
  if (!in.ok()) return fail(ErrorCode::DataLoss, "a message between nodes ends early");
  if (version != shard_wire_version) {
    return fail(ErrorCode::DataLoss, "a message between nodes has version " + std::to_string(version) +
                                         ", this node knows " + std::to_string(shard_wire_version));
  }
  if (kind != static_cast<std::uint8_t>(message)) {
    return fail(ErrorCode::DataLoss, "a message between nodes is of kind " + std::to_string(kind) +
                                         ", expected " + std::to_string(static_cast<int>(message)));
  }
  return in;
}

Status close(const WireReader& in) {
  if (in.ok() && in.at_end()) return {};
  return fail(ErrorCode::DataLoss, in.ok() ? "a message between nodes has bytes behind its end"
                                           : "a message between nodes ends early or is damaged");
}

Status expect_count(std::size_t count, std::size_t asked) {
  if (count == asked) return {};
  return fail(ErrorCode::DataLoss, "a message between nodes has " + std::to_string(count) +
                                       " answers, asked were " + std::to_string(asked));
}

template <class Text>
void write_texts(WireWriter& out, const std::vector<Text>& texts) {
  out.list(texts, [&](std::string_view text) { out.text(text); });
}

std::vector<std::string> read_texts(WireReader& in) {
  std::vector<std::string> texts;
  in.list([&] { texts.emplace_back(in.text()); });
  return texts;
}

void write_fetch(WireWriter& out, const FetchRequest& request) {
  out.flag(request.score);
  out.flag(request.explain);
}

void write_effects(WireWriter& out, const std::shared_ptr<const ShardEffects>& effects) {
  out.text(effects ? encode_effects(effects->data()) : "");
}

Result<std::shared_ptr<const ShardEffects>> effects_of(std::string_view text, const IndexSchema& schema,
                                                       const QueryLimits& limits) {
  if (text.empty()) return std::shared_ptr<const ShardEffects>();
  AISLE_TRY(RankingEffects effects, decode_effects(text));
  if (!effects.weights.empty() && effects.weights.size() != schema.fields.size())
    return fail(ErrorCode::DataLoss, "a message between nodes has weights of another schema");
  return ShardEffects::create(std::move(effects), schema, limits);
}

}  // namespace

std::string encode_expand(const ExpandRequest& request) {
  WireWriter out = begin(Message::Expand);
  out.number(request.beginnings_max);
  out.number(request.typos_max);
  out.number(static_cast<std::uint64_t>(request.typo_lengths.most));
  out.number(static_cast<std::uint64_t>(request.typo_lengths.one_from));
  out.number(static_cast<std::uint64_t>(request.typo_lengths.two_from));
  out.list(request.asks, [&](const WordAsk& ask) {
    out.text(ask.word);
    out.byte(static_cast<std::uint8_t>(ask.kind));
  });
  return out.take();
}

Result<ExpandRequest> decode_expand(std::string_view bytes, const QueryLimits& limits) {
  AISLE_TRY(WireReader in, open(bytes, Message::Expand));
  ExpandRequest request;
  request.beginnings_max = in.number_up_to(limits.prefix_expansions_max);
  request.typos_max = in.number_up_to(limits.typo_candidates_max);
  request.typo_lengths.most = static_cast<int>(in.number_up_to(typos_highest));
  request.typo_lengths.one_from = static_cast<int>(in.number_up_to(length_highest));
  request.typo_lengths.two_from = static_cast<int>(in.number_up_to(length_highest));
  in.list([&] {
    WordAsk& ask = request.asks.emplace_back();
    ask.word = in.text();
    ask.kind = static_cast<ExpandKind>(in.byte_up_to(static_cast<std::uint8_t>(ExpandKind::Codes)));
  });
  AISLE_CHECK(close(in));
  return request;
}

std::string encode_expansions(const std::vector<WordExpansion>& answers) {
  WireWriter out = begin(Message::Expansions);
  out.list(answers, [&](const WordExpansion& answer) {
    out.flag(answer.written);
    out.list(answer.terms, [&](const FoundTerm& found) {
      out.text(found.term);
      out.byte(found.number);
    });
  });
  return out.take();
}

Result<std::vector<WordExpansion>> decode_expansions(std::string_view bytes, std::size_t asked) {
  AISLE_TRY(WireReader in, open(bytes, Message::Expansions));
  std::vector<WordExpansion> answers;
  in.list([&] {
    WordExpansion& answer = answers.emplace_back();
    answer.written = in.flag();
    in.list([&] {
      FoundTerm& found = answer.terms.emplace_back();
      found.term = in.text();
      found.number = in.byte();
    });
  });
  AISLE_CHECK(close(in));
  AISLE_CHECK(expect_count(answers.size(), asked));
  return answers;
}

std::string encode_count(const CountRequest& request) {
  WireWriter out = begin(Message::Count);
  out.list(request.plans, [&](const Plan& plan) { write_plan(out, plan); });
  std::vector<std::shared_ptr<const ShardEffects>> each;  // once: most plans share them
  for (const auto& effects : request.effects) {
    if (std::ranges::find(each, effects) == each.end()) each.push_back(effects);
  }
  out.list(each, [&](const auto& effects) { write_effects(out, effects); });
  out.list(request.effects, [&](const auto& effects) {
    out.number(static_cast<std::uint64_t>(std::ranges::find(each, effects) - each.begin()));
  });
  return out.take();
}

Result<CountRequest> decode_count(std::string_view bytes, const IndexSchema& schema,
                                  const QueryLimits& limits) {
  AISLE_TRY(WireReader in, open(bytes, Message::Count));
  CountRequest request;
  in.list([&] { request.plans.push_back(read_plan(in)); });
  const std::vector<std::string> each = read_texts(in);
  std::vector<std::uint64_t> numbers;
  in.list([&] {
    numbers.push_back(in.number());
    if (numbers.back() >= each.size()) in.refuse();
  });
  AISLE_CHECK(close(in));
  if (!numbers.empty()) AISLE_CHECK(expect_count(numbers.size(), request.plans.size()));
  std::vector<std::shared_ptr<const ShardEffects>> made;
  for (const std::string& text : each) {
    AISLE_TRY(made.emplace_back(), effects_of(text, schema, limits));
  }
  for (const std::uint64_t number : numbers) request.effects.push_back(made[number]);
  return request;
}

std::string encode_counts(const std::vector<PlanCount>& counts) {
  WireWriter out = begin(Message::Counts);
  out.list(counts, [&](const PlanCount& count) {
    out.number(count.matches);
    out.text(count.first);
  });
  return out.take();
}

Result<std::vector<PlanCount>> decode_counts(std::string_view bytes, std::size_t asked) {
  AISLE_TRY(WireReader in, open(bytes, Message::Counts));
  std::vector<PlanCount> counts;
  in.list([&] {
    PlanCount& count = counts.emplace_back();
    count.matches = in.number();
    count.first = in.text();
  });
  AISLE_CHECK(close(in));
  AISLE_CHECK(expect_count(counts.size(), asked));
  return counts;
}

std::string encode_match(const MatchRequest& request) {
  WireWriter out = begin(Message::Match);
  write_plan(out, *request.plan);
  write_texts(out, request.filter_texts);
  write_effects(out, request.effects);
  write_texts(out, request.sort_texts);
  out.list(request.facets, [&](const Field* field) { out.text(field->name); });
  out.number(request.facet_values);
  out.number(static_cast<std::uint64_t>(request.facets_until.remaining().count()));
  out.number(request.window);
  out.flag(request.fetch.has_value());
  write_fetch(out, request.fetch.value_or(FetchRequest()));
  return out.take();
}

Result<MatchRequest> decode_match(std::string_view bytes, const IndexSchema& schema,
                                  const QueryLimits& limits) {
  AISLE_TRY(WireReader in, open(bytes, Message::Match));
  MatchRequest request;
  request.plan = std::make_shared<const Plan>(read_plan(in));
  request.filter_texts = read_texts(in);
  const std::string_view effects = in.text();
  request.sort_texts = read_texts(in);
  const std::vector<std::string> facets = read_texts(in);
  request.facet_values = in.number_up_to(limits.facet_values_max);
  const std::uint64_t facets_ms = in.number_up_to(facets_ms_highest);
  request.window = in.number_up_to(limits.window_max);
  const bool fetches = in.flag();
  const bool score = in.flag();
  const bool explain = in.flag();
  AISLE_CHECK(close(in));
  if (facets_ms < facets_ms_highest)
    request.facets_until = Deadline::after(std::chrono::milliseconds(facets_ms));
  AISLE_TRY(request.effects, effects_of(effects, schema, limits));
  if (fetches) request.fetch = FetchRequest{request.plan, request.effects, score, explain};
  AISLE_CHECK(compile_texts(request, facets, schema, limits));
  return request;
}

std::string encode_matches(const MatchRequest& request, const MatchResult& result) {
  WireWriter out = begin(Message::Matches);
  write_matches(out, request, result);
  return out.take();
}

Result<MatchResult> decode_matches(std::string_view bytes, const MatchRequest& request) {
  AISLE_TRY(WireReader in, open(bytes, Message::Matches));
  MatchResult result = read_matches(in, request);
  AISLE_CHECK(close(in));
  if (result.best.size() > request.window)
    return fail(ErrorCode::DataLoss, "a message between nodes has more products than its window");
  return result;
}

std::string encode_fetch(const FetchRequest& request, std::span<const std::string_view> ids) {
  WireWriter out = begin(Message::Fetch);
  write_plan(out, *request.plan);
  write_effects(out, request.effects);
  write_fetch(out, request);
  out.list(ids, [&](std::string_view id) { out.text(id); });
  return out.take();
}

Result<FetchCall> decode_fetch(std::string_view bytes, const IndexSchema& schema, const QueryLimits& limits) {
  AISLE_TRY(WireReader in, open(bytes, Message::Fetch));
  FetchCall call;
  call.request.plan = std::make_shared<const Plan>(read_plan(in));
  const std::string_view effects = in.text();
  call.request.score = in.flag();
  call.request.explain = in.flag();
  call.ids = read_texts(in);
  AISLE_CHECK(close(in));
  AISLE_TRY(call.request.effects, effects_of(effects, schema, limits));
  if (call.ids.size() > limits.per_page_max)
    return fail(ErrorCode::DataLoss, "a message between nodes asks for more products than a page has");
  return call;
}

std::string encode_products(const std::vector<FetchedProduct>& products) {
  WireWriter out = begin(Message::Products);
  out.list(products, [&](const FetchedProduct& product) { write_product(out, product); });
  return out.take();
}

Result<std::vector<FetchedProduct>> decode_products(std::string_view bytes, std::size_t asked) {
  AISLE_TRY(WireReader in, open(bytes, Message::Products));
  std::vector<FetchedProduct> products;
  in.list([&] { products.push_back(read_product(in)); });
  AISLE_CHECK(close(in));
  AISLE_CHECK(expect_count(products.size(), asked));
  return products;
}

}  // namespace aisle
