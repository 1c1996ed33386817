// The ranking of one index in this process: follows what the state says is published, compiles versions for
// whoever asks, publishes new ones.
#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "indexer/state_store.h"
#include "query/ranking.h"
#include "query/view.h"

namespace aisle {

// Who does it and why, for the audit line.
struct RankingNote {
  std::string who;
  std::string comment;
};

struct PublishRequest {
  RankingNote note;
  std::string document;                   // JSON; or
  std::uint32_t version = 0;              // one that is stored already
  std::optional<std::uint32_t> expected;  // the version it was made from; nothing: whatever is published now
};

// Thread-safe. Borrows the store.
class RankingKeeper {
 public:
  static constexpr std::size_t compiled_max = 8;  // versions kept ready besides the published one

  explicit RankingKeeper(StateStore& store) : store_(store) {}

  // Called with each state as it becomes known. Later answers have what it says is published.
  void follow(const IndexState& state);

  // The published one for a generation; null for version 0, and while it cannot be read or does not fit the
  // generation's schema: problem() says why. Cheap unless version or generation just changed.
  std::shared_ptr<const Ranking> published(const std::shared_ptr<const IndexContext>& context);
  // Any stored version, published or not; null for 0. Errors: of read_version() and Ranking::compile().
  Result<std::shared_ptr<const Ranking>> version(std::uint32_t number,
                                                 const std::shared_ptr<const IndexContext>& context);
  std::string problem() const;  // "" = none

  // Makes it what every node answers with. Returns its number.
  //   InvalidArgument  the document, or it does not fit the schema
  //   Conflict         another version is published than `expected`, or somebody was faster
  Result<std::uint32_t> publish(const PublishRequest& request,
                                const std::shared_ptr<const IndexContext>& context);
  // Back to `target`, by default to what was published before. Returns its number.
  Result<std::uint32_t> rollback(const RankingNote& note, std::optional<std::uint32_t> target,
                                 const std::shared_ptr<const IndexContext>& context);
  // Stores a document without publishing it: a number to preview.
  Result<std::uint32_t> draft(const RankingNote& note, const std::string& document,
                              const std::shared_ptr<const IndexContext>& context);

  StateStore& store() { return store_; }

 private:
  using Key = std::pair<std::uint32_t, std::shared_ptr<const IndexContext>>;

  Status change(const RankingNote& note, const std::string& what, std::uint32_t from, std::uint32_t to);

  StateStore& store_;
  mutable std::mutex mutex_;  // guards what follows
  std::uint64_t state_version_ = 0;
  std::uint32_t published_ = 0;
  std::shared_ptr<const Ranking> current_;
  std::vector<std::shared_ptr<const Ranking>> compiled_;  // the latest last
  std::optional<Key> failed_;                             // not tried again
  std::string problem_;
};

// The published ranking of a store, compiled for a generation that is not active yet: what a switch asks
// before it. InvalidArgument names what the new schema lacks.
Status check_ranking_fits(StateStore& store, const std::shared_ptr<const IndexContext>& context);

// Ids that rules pin, hide, boost or bury and that the view has not; the first 20, each once.
std::vector<std::string> missing_products(const Ranking& ranking, const View& view);

}  // namespace aisle
