// How a session begins: connect, look at the source with the eyes of every target, prepare it, start the
// stream.
#include <algorithm>
#include <charconv>
#include <thread>
#include <utility>

#include "base/log.h"
#include "indexer/postgres/feed_session.h"
#include "indexer/postgres/setup.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds settle_wait_alone{60};
constexpr std::chrono::seconds settle_wait{5};
constexpr std::chrono::seconds claim_patience =
    settle_wait_alone + std::chrono::seconds(15);  // its connection rests so long
constexpr std::chrono::seconds claim_wait{2};

bool slot_is_lost(const SourceReport& report) {
  return report.state.slot && report.state.slot->wal_status == "lost";
}

}  // namespace

FeedSession::FeedSession(SessionContext& context, const std::vector<FeedTarget>& targets,
                         std::stop_token stop)
    : context_(context), stop_(std::move(stop)), metrics_(targets.front().schema->index) {
  const FeedOptions& options = context.options;
  const FeedTarget& first = targets.front();
  connection_options_.conninfo = options.connection.empty() ? first.source().connection : options.connection;
  connection_options_.purpose = "aisle " + first.schema->index;
  connection_options_.statement_timeout = options.statement_timeout;
  connection_options_.wal_sender_timeout = options.wal_sender_timeout;
  ConnectionOptions scan = connection_options_;
  scan.purpose += " scan";
  for (const FeedTarget& target : targets) {
    targets_.push_back(std::make_unique<TargetFeed>(context, target, scan));
  }
}

Status FeedSession::connect() {
  AISLE_TRY(connection_, Connection::open(connection_options_));
  connection_->set_stop(stop_);
  ConnectionOptions options = connection_options_;
  options.replication = true;
  AISLE_TRY(replication_, Connection::open(options));
  replication_->set_stop(stop_);
  return {};
}

Status FeedSession::prepare_source() {
  AISLE_TRY(system_, identify_system(*replication_));
  AISLE_CHECK(begin_targets());
  settle_targets();
  context_.board.update([&](FeedStatus& status) { status.timeline = system_.timeline; });
  for (const auto& target : targets_) AISLE_CHECK(target->look(system_, *connection_));
  AISLE_CHECK(refused_by_all());
  AISLE_CHECK(make_slot());
  AISLE_CHECK(refused_by_all());
  // The one followed longest serves searches; whoever joins it gives way.
  const auto followed =
      std::ranges::count_if(targets_, [](const auto& target) { return !target->refused(); });
  for (const auto& target : targets_) {
    AISLE_CHECK(target->adopt(*connection_, followed > 1 && target.get() != first_followed()));
  }
  return refused_by_all();
}

bool FeedSession::contested() const {
  return std::ranges::any_of(targets_, [](const auto& target) { return target->target().sink->competes(); });
}

// Of several processes the one that finds the slot free goes on, and one at a time looks: who is about to
// open its stream again keeps the claim meanwhile.
Status FeedSession::claim() {
  const std::string& slot = targets_.front()->target().source().slot;
  const auto taken = [&] {
    context_.failure_state = FeedState::WaitingForSlot;
    return fail(ErrorCode::Conflict, "another process feeds from slot " + slot);
  };
  if (std::chrono::steady_clock::now() >= context_.claimed_until) context_.claim.reset();
  if (!context_.claim) {
    AISLE_TRY(const bool claimed, claim_slot(*connection_, slot, claim_patience));
    if (!claimed) return taken();
  }
  AISLE_TRY(const bool held, slot_is_held(*connection_, slot));
  return held ? taken() : Status();
}

// The stream itself keeps others away from now on.
Status FeedSession::end_claim() {
  if (!contested() || std::exchange(context_.claim, std::nullopt)) return {};
  return release_claim(*connection_, targets_.front()->target().source().slot);
}

// Before the stream ends; the next one is opened by another FeedSession. Who has the claim meanwhile only
// looks, and lets go. Without it another process may come first, which is no harm but to those who wait for
// this one.
void FeedSession::keep_claim() {
  if (!contested()) return;
  const std::string& slot = targets_.front()->target().source().slot;
  const Deadline deadline = Deadline::after(claim_wait);
  auto claimed = claim_slot(*connection_, slot, claim_patience);
  while (claimed && !*claimed && !deadline.expired()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    claimed = claim_slot(*connection_, slot, claim_patience);
  }
  if (!claimed.value_or(false)) return;
  context_.claim = std::exchange(connection_, std::nullopt);
  context_.claimed_until = std::chrono::steady_clock::now() + claim_patience;
}

Status FeedSession::begin_targets() {
  if (contested()) AISLE_CHECK(claim());
  std::uint64_t system_id = 0;
  std::from_chars(system_.system_id.data(), system_.system_id.data() + system_.system_id.size(), system_id);
  for (const auto& target : targets_) {
    AISLE_CHECK(target->target().sink->begin({.system_id = system_id, .timeline = system_.timeline}));
  }
  return {};
}

// One whose disk is full must not keep the others waiting.
void FeedSession::settle_targets() {
  const bool alone = targets_.size() == 1;
  for (const auto& target : targets_) {
    if (!alone && !target->target().sink->has_room()) {
      target->set_aside();
    } else {
      target->settle(alone ? settle_wait_alone : settle_wait);
    }
  }
}

const TargetFeed* FeedSession::first_followed() const {
  const auto found = std::ranges::find_if(targets_, [](const auto& target) { return !target->refused(); });
  return found == targets_.end() ? nullptr : found->get();
}

Status FeedSession::refused_by_all() {
  if (first_followed() != nullptr) return {};
  context_.failure_state = targets_.front()->refused_state();
  return fail(ErrorCode::FailedPrecondition, targets_.front()->reason());
}

Status FeedSession::make_slot() {
  const TargetFeed& first = *first_followed();
  const PostgresSource& source = first.target().source();
  const SourceReport& report = first.report();
  const bool lost = slot_is_lost(report) || context_.new_slot_wanted;
  bool has_slot = report.state.slot.has_value();
  if (report.publication_exists && has_slot && !lost) return {};
  if (!context_.options.create_missing) {
    return fail(ErrorCode::FailedPrecondition, "publication " + source.publication + " or slot " +
                                                   source.slot +
                                                   " is missing and may not be made by the feed");
  }
  if (!report.publication_exists) {
    std::vector<FollowedTable> tables;
    for (const auto& target : targets_) {
      if (target->refused()) continue;
      for (const FollowedTable& table : target->tables()) place_of(table, tables);
    }
    AISLE_CHECK(create_publication(*connection_, source.publication, tables));
  }
  // A slot older than its publication fails at the first change; one without its log is of no use to anybody.
  if (has_slot && (lost || !report.publication_exists)) {
    log(LogLevel::Warn, "feed.slot_dropped", "an unusable replication slot is replaced",
        {{"slot", source.slot}});
    AISLE_CHECK(drop_slot(*connection_, source.slot));
    has_slot = false;
  }
  if (!has_slot) AISLE_CHECK(create_slot(*connection_, source.slot, context_.options.slot_timeout));
  context_.new_slot_wanted = false;
  for (const auto& target : targets_) AISLE_CHECK(target->look_anew(system_, *connection_));
  return {};
}

void FeedSession::bind_tables() {
  std::vector<FollowedTable> tables;
  for (const auto& target : targets_) {
    std::vector<std::size_t> places;
    for (const FollowedTable& table : target->tables()) places.push_back(place_of(table, tables));
    target->bind(std::move(places));
  }
  collector_ = std::make_unique<ChangeCollector>(std::move(tables), context_.options.keys_per_table_max);
}

// From the lowest position of all targets; those that are further skip what they have seen.
Status FeedSession::start_stream() {
  const PostgresSource& source = first_followed()->target().source();
  Lsn start = first_followed()->position();
  for (const auto& target : targets_) {
    if (!target->refused()) start = std::min(start, target->position());
  }
  StreamOptions options;
  options.slot = source.slot;
  options.publication = source.publication;
  options.start = start;
  options.durable_lsn = [&targets = context_.targets] { return targets.durable_lsn(); };
  options.wal_sender_timeout = context_.options.wal_sender_timeout;
  auto stream = ReplicationStream::start(std::move(*replication_), std::move(options));
  replication_.reset();
  if (!stream) {
    if (stream.error().code == ErrorCode::Conflict) context_.failure_state = FeedState::WaitingForSlot;
    return tl::unexpected(std::move(stream).error());
  }
  stream_ = std::move(*stream);
  seen_lsn_ = start;
  return end_claim();
}

}  // namespace aisle
