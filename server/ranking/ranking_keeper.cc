#include "server/ranking/ranking_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "indexer/state_change.h"
#include "query/image_elsewhere.h"
#include "server/ranking/ranking_versions.h"

namespace aisle {
namespace {

constexpr std::size_t missing_products_max = 20;

Result<std::shared_ptr<const Ranking>> compile_document(std::string_view document, std::uint32_t number,
                                                        const std::shared_ptr<const IndexContext>& context) {
  AISLE_TRY(auto config, RankingConfig::parse(document));
  return Ranking::compile(std::move(config), context, number);
}

Result<IndexState> state_of(StateStore& store) {
  AISLE_TRY(auto state, store.read());
  if (!state) return fail(ErrorCode::NotFound, "the index has no state yet");
  return std::move(*state);
}

}  // namespace

void RankingKeeper::follow(const IndexState& state) {
  const std::lock_guard lock(mutex_);
  if (state.version <= state_version_) return;
  state_version_ = state.version;
  if (state.ranking == published_) return;
  published_ = state.ranking;
  current_.reset();
  failed_.reset();
  problem_.clear();
}

std::shared_ptr<const Ranking> RankingKeeper::published(const std::shared_ptr<const IndexContext>& context) {
  std::uint32_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = published_;
    if (number == 0) return nullptr;
    if (current_ && current_->number == number && current_->context == context) return current_;
    if (failed_ == Key{number, context}) return nullptr;
  }
  auto ranking = version(number, context);
  const std::lock_guard lock(mutex_);
  if (number != published_) return ranking ? *ranking : nullptr;
  if (ranking) {
    current_ = *ranking;
    problem_.clear();
    return current_;
  }
  failed_ = Key{number, context};
  problem_ = fmt::format("ranking {} is not used: {}", number, ranking.error().message);
  log(LogLevel::Error, "ranking.published", problem_);
  return nullptr;
}

Result<std::shared_ptr<const Ranking>> RankingKeeper::version(
    std::uint32_t number, const std::shared_ptr<const IndexContext>& context) {
  if (number == 0) return std::shared_ptr<const Ranking>();
  {
    const std::lock_guard lock(mutex_);
    for (const auto& ranking : compiled_) {
      if (ranking->number == number && ranking->context == context) return ranking;
    }
  }
  AISLE_TRY(const RankingVersion stored, read_version(store_, number));
  AISLE_TRY(auto ranking, compile_document(stored.document, number, context));
  const std::lock_guard lock(mutex_);
  if (compiled_.size() >= compiled_max) compiled_.erase(compiled_.begin());
  compiled_.push_back(ranking);
  return ranking;
}

std::string RankingKeeper::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

Status RankingKeeper::change(const RankingNote& note, const std::string& what, std::uint32_t from,
                             std::uint32_t to) {
  AISLE_TRY(const IndexState state,
            change_state(store_, {note.who, what, note.comment}, [&](IndexState& next) -> Status {
              if (next.ranking != from) {
                return fail(
                    ErrorCode::Conflict,
                    fmt::format("ranking {} is published, you started from {}: look at the difference and "
                                "try again",
                                next.ranking, from));
              }
              next.previous_ranking = next.ranking;
              next.ranking = to;
              return {};
            }));
  follow(state);
  return {};
}

Result<std::uint32_t> RankingKeeper::publish(const PublishRequest& request,
                                             const std::shared_ptr<const IndexContext>& context) {
  AISLE_TRY(const IndexState state, state_of(store_));
  const std::uint32_t from = request.expected.value_or(state.ranking);
  if (state.ranking != from) {
    return fail(
        ErrorCode::Conflict,
        fmt::format("ranking {} is published, you started from {}: look at the difference and try again",
                    state.ranking, from));
  }
  std::uint32_t number = request.version;
  if (number != 0) {
    AISLE_CHECK(version(number, context));
  } else {
    AISLE_CHECK(compile_document(request.document, 0, context));
    AISLE_TRY(number, add_version(store_, {request.document, request.note.who, request.note.comment, false}));
  }
  AISLE_CHECK(change(request.note, fmt::format("publish ranking {}", number), from, number));
  return number;
}

Result<std::uint32_t> RankingKeeper::rollback(const RankingNote& note, std::optional<std::uint32_t> target,
                                              const std::shared_ptr<const IndexContext>& context) {
  AISLE_TRY(const IndexState state, state_of(store_));
  const std::uint32_t to = target.value_or(state.previous_ranking);
  if (to == state.ranking) {
    return fail(ErrorCode::FailedPrecondition,
                fmt::format("ranking {} is published already: name another version", to));
  }
  AISLE_CHECK(version(to, context));
  AISLE_CHECK(change(note, fmt::format("rollback ranking {} -> {}", state.ranking, to), state.ranking, to));
  return to;
}

Result<std::uint32_t> RankingKeeper::draft(const RankingNote& note, const std::string& document,
                                           const std::shared_ptr<const IndexContext>& context) {
  AISLE_CHECK(compile_document(document, 0, context));
  return add_version(store_, {document, note.who, note.comment, true});
}

Status check_ranking_fits(StateStore& store, const std::shared_ptr<const IndexContext>& context) {
  AISLE_TRY(const auto state, store.read());
  if (!state || state->ranking == 0) return {};
  AISLE_TRY(const RankingVersion version, read_version(store, state->ranking));
  const auto ranking = compile_document(version.document, version.number, context);
  if (ranking) return {};
  return fail(
      ErrorCode::FailedPrecondition,
      fmt::format("the published ranking {} does not fit the new schema: {}; publish one that fits both, or "
                  "roll it back first",
                  version.number, ranking.error().message));
}

std::vector<std::string> missing_products(const Ranking& ranking, const View& view) {
  if (std::ranges::find(view.shards, image_elsewhere()) != view.shards.end())
    return {};  // it cannot be told here
  std::set<std::string> named;
  for (const CompiledRule& compiled : ranking.rules) {
    const RuleEffect& then = compiled.rule->then;
    for (const Pin& pin : then.pins) named.insert(pin.id);
    named.insert(then.hide.begin(), then.hide.end());
    for (const Boost& boost : then.boosts) named.insert(boost.ids.begin(), boost.ids.end());
  }
  const auto is_there = [&](const std::string& id) {
    return std::ranges::any_of(view.shards, [&](const auto& image) {
      return std::ranges::any_of(image->segments, [&](const SegmentView& segment) {
        const std::uint32_t document = segment.segment->ids.find(id);
        return document != no_document && !segment.is_deleted(document);
      });
    });
  };
  std::vector<std::string> missing;
  for (const std::string& id : named) {
    if (missing.size() < missing_products_max && !is_there(id)) missing.push_back(id);
  }
  return missing;
}

}  // namespace aisle
