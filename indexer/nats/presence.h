// Who is there: each node tells the others where it is and what it has, every few seconds and on change. Only
// a hint for finding each other; nothing correct hangs on it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "indexer/nats/kv_bucket.h"
#include "schemas/node_presence.h"

namespace aisle {

struct PresenceOptions {
  static constexpr std::chrono::milliseconds lifetime_default{15'000};

  std::string cluster;
  std::string node;  // its name, [A-Za-z0-9_-]; two nodes with one name overwrite each other
  int replicas = 1;
  std::chrono::milliseconds lifetime = lifetime_default;  // of an entry that is not renewed
  std::chrono::milliseconds renewal{5'000};
  std::filesystem::path file = {};  // keeps whom it knows, for a start without JetStream; "" = does not
};

// Bucket aisle-<cluster>-nodes, in memory. A node is gone when its entry was not renewed for lifetime on this
// node's own steady clock, which stands still while this node hears nothing, not even of itself: whoever is
// cut off from JetStream still knows whom it can ask. Thread-safe.
class Presence {
 public:
  static constexpr std::chrono::seconds settled_after{3};
  static constexpr std::chrono::milliseconds renewal_min{500};  // between two of them on change

  // `describe` is called on a thread of its own, and must be quick.
  Presence(const std::shared_ptr<NatsConnection>& connection, PresenceOptions options,
           std::function<NodePresence()> describe);
  ~Presence();  // leaves: the entry is removed
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

  // All that are there, this node first, else by name.
  std::vector<NodePresence> nodes() const;
  // It has been hearing for settled_after without a gap: who is there has told, since everybody tells at once
  // when somebody comes.
  bool settled() const;
  // How long ago another node was heard, by the clock on the wall; the longest span for one that is not
  // there.
  std::chrono::milliseconds age_of(const std::string& node) const;

 private:
  struct Seen {
    NodePresence node;
    std::uint64_t revision = 0;                     // of its entry
    std::chrono::steady_clock::duration at{};       // by heard_for_
    std::chrono::steady_clock::time_point real_at;  // the same moment, always running
  };

  void renew_loop(const std::stop_token& stop);
  void watch_loop(const std::stop_token& stop);
  Status watch(const std::stop_token& stop);
  void note(const KvEntry& entry);
  void hear();  // the mutex is held
  void recall();
  void save();

  const PresenceOptions options_;
  const std::function<NodePresence()> describe_;
  KvBucket bucket_;

  mutable std::mutex mutex_;  // guards what follows
  NodePresence own_;
  std::map<std::string, Seen> others_;
  std::uint64_t own_revision_ = 0;                   // of the last entry of its own it heard
  std::chrono::steady_clock::time_point heard_at_;   // when it last heard anything new
  std::chrono::steady_clock::duration heard_for_{};  // the clock

  std::chrono::steady_clock::time_point heard_since_;  // without a gap
  bool heard_any_ = false;
  bool greets_ = false;  // somebody came who has not heard of this node
  std::string saved_;    // of the renewer: what the file says

  std::jthread renewer_;
  std::jthread watcher_;  // last: these two stop first
};

}  // namespace aisle
