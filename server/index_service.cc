#include "server/index_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "analyzers/analyzer.h"
#include "base/log.h"
#include "base/utc_time.h"
#include "indexer/file_state_store.h"
#include "indexer/state_change.h"
#include "query/image_elsewhere.h"
#include "schemas/schema_changes.h"
#include "server/membership/members.h"
#include "server/stoppable_wait.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds first_state_time{60};      // for the cluster to have one
constexpr std::chrono::milliseconds state_interval{250};  // between looks at the rollback window

// A node that holds no shard has nothing to be behind with.
Lsn shown_lsn(const View& view) {
  return view.lsn() == image_elsewhere()->lsn ? 0 : view.lsn();
}

}  // namespace

Result<std::unique_ptr<IndexService>> IndexService::open(const IndexConfig& config,
                                                         const std::filesystem::path& data,
                                                         FreeBytes free_bytes,
                                                         std::shared_ptr<Membership> membership) {
  std::unique_ptr<IndexService> service(new IndexService(config));
  service->membership_ = std::move(membership);
  IndexService* self = service.get();
  AISLE_TRY(auto configured, IndexSchema::load(config.schema));
  self->name_ = configured->index;
  self->configured_.set(std::move(configured));
  AISLE_TRY(self->folder_, IndexFolder::acquire(data, self->name_));
  AISLE_CHECK(self->open_store());
  self->ranking_ = std::make_unique<RankingKeeper>(*self->store_);
  self->source_.keep_repairs(self->folder_->path() / "repairs");
  self->generations_ =
      std::make_unique<GenerationSet>(self->folder_, config.schema.parent_path(), self->membership_);
  std::function<std::vector<std::string>(const GenerationRef&)> reasons;
  if (self->membership_) {
    reasons = [self](const GenerationRef& generation) {
      return not_ready(self->membership_->nodes(), self->name_, generation);
    };
  }
  self->reindexer_ = std::make_unique<Reindexer>(
      ReindexParts{self->config_, *self->folder_, *self->store_, *self->generations_, self->source_,
                   [self](const IndexState& state) { return self->adopt(state); }, std::move(reasons),
                   std::move(free_bytes), [self] { return self->recent_queries_.list(); }});
  AISLE_TRY(const IndexState state, self->begin_state());
  if (const Status recalled = self->reindexer_->recall(); !recalled) {  // no reason to keep shoppers out
    log(LogLevel::Error, "reindex.lost", recalled.error().message, {{"index", self->name_}});
  }
  self->register_metrics();
  AISLE_CHECK(self->serve(state));
  return service;
}

Status IndexService::open_store() {
  if (!membership_) {
    store_ = std::make_unique<FileStateStore>(folder_->path());
    return {};
  }
  if (!std::holds_alternative<PostgresSource>(configured_.get()->source)) {
    return fail(ErrorCode::InvalidArgument, "an index of a cluster needs a PostgreSQL source");
  }
  AISLE_TRY(store_, membership_->state_store(name_, folder_->path()));
  return {};
}

// As stored, or as begun. In a cluster who feeds begins; the others wait for it.
Result<IndexState> IndexService::begin_state() {
  const Deadline patience = Deadline::after(first_state_time);
  while (true) {
    const auto read = store_->read();
    if (read && *read) return **read;
    if (!read && !membership_) return tl::unexpected(read.error());
    if (read && (!membership_ || membership_->feeds())) {
      auto begun = first_state();
      if (begun || !membership_ || begun.error().code != ErrorCode::Conflict) return begun;
    }
    if (patience.expired()) {
      return fail(ErrorCode::Unavailable, read
                                              ? "the cluster has no state of the index yet: start aisle index"
                                              : read.error().message);
    }
    (void)store_->wait(0, Deadline::after(state_interval));
  }
}

// The first generation, or that of a folder from before there were states.
Result<IndexState> IndexService::first_state() {
  AISLE_TRY(const std::vector<std::uint32_t> found, folder_->generations());
  const std::uint32_t number = found.empty() ? 1 : found.back();
  if (found.empty()) {
    const auto schema = configured_.get();
    const std::uint64_t products = config_.shards == 0 ? estimate_products(*schema, config_) : 0;
    AISLE_CHECK(generations_->create(number, *schema, shards_for(config_.shards, products)));
  }
  AISLE_TRY(const GenerationManifest manifest, folder_->manifest(number));
  IndexState state;
  state.active = {number, manifest.shards, manifest.schema_hash, manifest.analyzer_version};
  add_change(state, {"aisle", fmt::format("begin with generation {}", number)});
  return store_->replace(0, std::move(state));
}

// Searches are answered by the active generation of the state from now on.
Status IndexService::serve(const IndexState& state) {
  ranking_->follow(state);
  AISLE_CHECK(generations_->prepare(state.active, configured_.get()));
  AISLE_TRY(auto generation, generations_->open(state.active.number, configured_.get()));
  const auto former = serving_.get();
  const bool switches = former && former->generation->number() != generation->number();
  if (membership_ && switches && !generation->ready()) {  // the former one serves on until it is
    return fail(ErrorCode::Unavailable,
                fmt::format("generation {} is not ready on this node", generation->number()));
  }
  serving_.set(std::make_shared<const Serving>(Serving{state.version, std::move(generation)}));
  for (const std::string& change : needs_reindex()) {
    log(LogLevel::Warn, "index.needs_reindex", "NEEDS_REINDEX: " + change, {{"index", name_}});
  }
  return {};
}

Status IndexService::adopt(const IndexState& state) {
  const std::lock_guard lock(adopt_mutex_);
  if (adopted_ && state.version <= adopted_->version) return {};
  if (state.version != serving_.get()->state_version) {
    if (auto schema = IndexSchema::load(config_.schema)) configured_.set(std::move(*schema));
    AISLE_CHECK(serve(state));
  }
  AISLE_CHECK(follow(state.active));
  if (const Status status = follow(state.previous); !status) {  // searches go on without it
    log(LogLevel::Error, "generation.previous_lost", status.error().message, {{"index", name_}});
  }
  AISLE_CHECK(follow(state.building));
  AISLE_CHECK(drop_unnamed(state));
  adopted_ = state;
  return {};
}

Status IndexService::follow(const std::optional<GenerationRef>& named) {
  if (!named) return {};
  AISLE_CHECK(generations_->prepare(*named, configured_.get()));
  AISLE_TRY(const auto generation, generations_->open(named->number, configured_.get()));
  return source_.add(generation);
}

// A generation that was followed and that the state names no longer has served its time.
Status IndexService::drop_unnamed(const IndexState& state) {
  for (const auto& generation : generations_->all()) {
    if (names_generation(state, generation->number())) continue;
    source_.remove(generation->number());
    AISLE_CHECK(generations_->remove(generation->number()));
    log(LogLevel::Info, "generation.dropped", "its folder is deleted",
        {{"index", name_}, {"generation", generation->number()}});
    if (const auto streams = collect_streams(false); !streams) {  // aisle gc finds them
      log(LogLevel::Warn, "log.not_dropped", streams.error().message, {{"index", name_}});
    }
  }
  return {};
}

IndexService::~IndexService() {
  stop();
}

// The others that are followed may take a while to load: searches need not wait for that.
void IndexService::start() {
  if (const Status status = source_.add(active()); !status) {
    log(LogLevel::Error, "source.not_followed", status.error().message, {{"index", name_}});
  }
  state_follower_ = std::jthread([this](const std::stop_token& stop) { follow_state(stop); });
}

void IndexService::stop() {
  verification_.stop();
  if (state_follower_.joinable()) {
    state_follower_.request_stop();
    state_follower_.join();
  }
  if (reindexer_) reindexer_->stop();
  source_.stop();
  if (generations_) generations_->close_all();
}

// First everything that was followed, then the source: what PostgreSQL may forget is what all of them have.
void IndexService::follow_state(const std::stop_token& stop) {
  bool begun = false;
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    const auto read = begun ? store_->wait(seen, Deadline::after(state_interval)) : store_->read();
    Status status = read ? Status() : tl::unexpected(read.error());
    if (read && *read) {
      seen = (*read)->version;
      status = adopt(**read);
    }
    if (!status) {
      log(LogLevel::Error, "state.cannot_follow", status.error().message, {{"index", name_}});
      seen = 0;  // look again
      stoppable_wait(stop, std::chrono::seconds(1));
    }
    problem_.set(std::make_shared<const std::string>(status ? "" : status.error().message));
    if (!std::exchange(begun, true)) {
      source_.begin();
      if (!membership_) reindexer_->begin();
    }
    source_.tend_repairs();
    if (const auto now = store_->read(); now && *now) {
      end_rollback_window(**now);
      if (membership_) tend_membership(**now);
    }
  }
}

void IndexService::end_rollback_window(const IndexState& state) {
  const auto switched = parse_utc(state.switched_at);
  if (!state.previous || !switched || utc_now() < *switched + config_.rollback_window) return;
  const std::uint32_t number = state.previous->number;
  const ChangeNote note{"aisle", fmt::format("drop generation {}", number), "the rollback window has ended"};
  const auto changed = change_state(*store_, note, [&](IndexState& edited) -> Status {
    if (!edited.previous || edited.previous->number != number || edited.switched_at != state.switched_at) {
      return fail(ErrorCode::Conflict, "the index has been switched meanwhile");
    }
    edited.previous.reset();
    return {};
  });
  if (!changed) log(LogLevel::Warn, "generation.not_dropped", changed.error().message, {{"index", name_}});
}

View IndexService::view() const {
  const auto serving = serving_.get();
  return ranked(*serving);
}

// One state, one generation, one ranking.
View IndexService::ranked(const Serving& serving) const {
  View view = serving.generation->view();
  view.state_version = serving.state_version;
  view.ranking = ranking_->published(view.context);
  return view;
}

std::optional<View> IndexService::view_of(std::uint32_t generation, std::string_view statistics, Lsn lsn,
                                          Deadline deadline) const {
  const auto found = generations_->find(generation);
  if (!found || !found->ready()) return std::nullopt;
  found->wait_for_lsn(lsn, deadline);
  return found->view(statistics);
}

View IndexService::view_with(Lsn lsn, Deadline deadline) const {
  const auto serving = serving_.get();
  serving->generation->wait_for_lsn(lsn, deadline);
  return ranked(*serving);
}

std::uint32_t IndexService::timeline() const {
  const auto feed = source_.feed_status();
  return feed ? feed->timeline : 0;
}

bool IndexService::leads() const {
  return active()->leads();
}

std::shared_ptr<ShardSet> IndexService::shard_set(std::uint32_t number) const {
  const auto generation = generations_->find(number);
  return generation ? generation->shard_set() : nullptr;
}

std::vector<std::string> IndexService::needs_reindex() const {
  const auto generation = active();
  const auto configured = configured_.get();
  std::vector<std::string> reasons;
  if (generation->stale()) {
    reasons.push_back(
        fmt::format("built with analyzer {}, this version has {}: it takes no changes until it is "
                    "built anew",
                    generation->manifest().analyzer_version, analyzer_version));
  }
  if (generation->manifest().schema_hash == configured->hash) return reasons;
  for (std::string& change : content_changes(*generation->schema(), *configured)) {
    reasons.push_back(std::move(change));
  }
  return reasons;
}

IndexStatus IndexService::status() const {
  IndexStatus status;
  const View now = view();
  const auto generation = active();
  const SourceProgress progress = source_.progress(*generation);
  status.index = name_;
  status.products = now.live();
  status.generation = now.generation;
  status.state_version = now.state_version;
  status.shards = static_cast<std::uint32_t>(now.shards.size());
  status.ready = generation->ready();
  status.source = std::holds_alternative<PostgresSource>(generation->schema()->source) ? "postgres" : "file";
  status.lsn = shown_lsn(now);
  status.dead_letters = generation->dead_letters_total();
  status.needs_reindex = needs_reindex();
  status.feed = source_.feed_status();
  status.lag_ms = lag_ms();
  const auto adopting = problem_.get();
  for (const std::string& problem : {generation->problem(), progress.problem, adopting ? *adopting : "",
                                     ranking_->problem(), status.feed ? status.feed->reason : ""}) {
    if (status.problem.empty()) status.problem = problem;
  }
  return status;
}

std::vector<GenerationStatus> IndexService::generations() const {
  std::vector<GenerationStatus> list;
  const auto state = store_->read();
  if (!state || !*state) return list;
  const auto add = [&](const std::optional<GenerationRef>& named, const char* role) {
    if (!named) return;
    GenerationStatus& status = list.emplace_back();
    status.ref = *named;
    status.role = role;
    if (const auto manifest = folder_->manifest(named->number)) status.created = manifest->created;
    status.bytes = folder_bytes(folder_->generation_path(named->number));
    if (const auto generation = generations_->find(named->number)) {
      const View now = generation->view();
      status.fed = !generation->stale();
      status.products = now.live();
      status.lsn = shown_lsn(now);
    }
  };
  add((*state)->previous, "previous");
  add((*state)->active, "active");
  add((*state)->building, "building");
  std::ranges::sort(list, {}, [](const GenerationStatus& status) { return status.ref.number; });
  return list;
}

Result<std::vector<GarbageFolder>> IndexService::collect_garbage(bool only_tell) {
  AISLE_TRY(const auto state, store_->read());
  if (!state) return fail(ErrorCode::FailedPrecondition, "the index has no state yet");
  const auto reindex = reindexer_->status();
  const std::uint32_t kept = reindex && reindex->manifest.under_way() ? reindex->manifest.to : 0;
  AISLE_TRY(auto garbage, find_garbage(*folder_, *state, kept));
  if (!only_tell) AISLE_CHECK(remove_garbage(garbage));
  return garbage;
}

void IndexService::register_metrics() {
  const MetricLabels labels = {{"index", name_}};
  metrics_ =
      Metrics{metric_histogram("aisle_search_duration_seconds", "Time of a search without HTTP", labels),
              metric_counter("aisle_search_zero_results_total", "Searches that found nothing", labels),
              metric_counter("aisle_search_degraded_total",
                             "Answers that lack parts because time_soft_ms was over", labels),
              metric_gauge("aisle_index_documents", "Searchable products", labels),
              metric_gauge("aisle_image_bytes", "Memory of the searchable image", labels),
              metric_gauge("aisle_indexing_lag_seconds", "How old the searchable products may be", labels),
              metric_gauge("aisle_index_generation", "Number of the active generation", labels),
              metric_gauge("aisle_index_needs_reindex", "1: the schema file asks for a rebuild", labels),
              metric_gauge("aisle_cluster_differing_copies",
                           "Copies of shards in the cluster that are not as most", labels)};
}

void IndexService::note_search(const SearchRequest& request, double seconds, const SearchResult& result) {
  recent_queries_.note(request);
  note_answer(seconds, result.total == 0, !result.degraded.empty());
}

void IndexService::note_answer(double seconds, bool finds_nothing, bool lacks_something) {
  metrics_->search_seconds.observe(seconds);
  if (finds_nothing) metrics_->zero_results.add();
  if (lacks_something) metrics_->degraded.add();
}

void IndexService::publish_metrics() const {
  const View now = view();
  metrics_->documents.set(static_cast<double>(now.live()));
  metrics_->image_bytes.set(static_cast<double>(image_bytes(now).memory()));
  metrics_->lag_seconds.set(lag_ms() / 1000);
  metrics_->generation.set(now.generation);
  metrics_->needs_reindex.set(needs_reindex().empty() ? 0 : 1);
}

}  // namespace aisle
