// The feed's status as series for monitoring. Names: aisle_feed_*; label: index.
#pragma once
#include <string>

#include "base/metrics.h"
#include "indexer/postgres/postgres_feed.h"

namespace aisle {

class FeedMetrics {
 public:
  explicit FeedMetrics(const std::string& index);
  void set(const FeedStatus& status) const;

 private:
  Gauge up_;
  Gauge held_;
  Gauge received_;
  Gauge applied_;
  Gauge confirmed_;
  Gauge reconnects_;
  Gauge resyncs_;
  Gauge changes_;
  Gauge lag_;
  Gauge silence_;
  Gauge stall_;
  Gauge retained_;
  Gauge unconfirmed_;
  Gauge oldest_writer_;
  Gauge backlog_;
  Gauge scanned_;
};

}  // namespace aisle
