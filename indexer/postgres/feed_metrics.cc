#include "indexer/postgres/feed_metrics.h"

namespace aisle {

FeedMetrics::FeedMetrics(const std::string& index) {
  const auto gauge = [&](const std::string& name, const std::string& help) {
    return metric_gauge("aisle_feed_" + name, help, {{"index", index}});
  };
  up_ = gauge("up", "1 while the feed scans or streams");
  held_ = gauge("held", "1 while the feed waits for a confirmation");
  received_ = gauge("received_lsn", "Position seen from the server, in bytes of its log");
  applied_ = gauge("applied_lsn", "Position handed to the index");
  confirmed_ = gauge("confirmed_lsn", "Position acknowledged to the server");
  reconnects_ = gauge("reconnects", "Sessions that ended with an error since the start");
  resyncs_ = gauge("resyncs", "Gaps mended by reading all products since the start");
  changes_ = gauge("changes", "Products changed by the stream since the start");
  lag_ = gauge("lag_seconds", "Age of the last commit when it was applied, 0 when up to date");
  silence_ = gauge("seconds_since_server_message", "Time since the server was last heard");
  stall_ =
      gauge("seconds_since_lsn_progress", "Time since the applied position moved, 0 with nothing to apply");
  retained_ = gauge("slot_retained_bytes", "Log that the server keeps for the slot");
  unconfirmed_ = gauge("slot_unconfirmed_bytes", "Log of the server that is not yet durable in the index");
  oldest_writer_ = gauge("oldest_writer_seconds", "Age of the server's oldest open write transaction");
  backlog_ = gauge("backlog_products", "Products of large transactions still to be read");
  scanned_ = gauge("scanned_products", "Products read by the running or last scan");
}

void FeedMetrics::set(const FeedStatus& status) const {
  up_.set(status.state == FeedState::Scanning || status.state == FeedState::Streaming ? 1 : 0);
  held_.set(status.state == FeedState::Held ? 1 : 0);
  received_.set(static_cast<double>(status.received_lsn));
  applied_.set(static_cast<double>(status.applied_lsn));
  confirmed_.set(static_cast<double>(status.confirmed_lsn));
  reconnects_.set(static_cast<double>(status.reconnects));
  resyncs_.set(static_cast<double>(status.resyncs));
  changes_.set(static_cast<double>(status.changes));
  lag_.set(status.lag_seconds);
  silence_.set(status.seconds_since_server_message);
  stall_.set(status.seconds_since_progress);
  retained_.set(static_cast<double>(status.slot.retained_bytes));
  unconfirmed_.set(static_cast<double>(status.slot.unconfirmed_bytes));
  oldest_writer_.set(status.slot.oldest_writer_seconds);
  backlog_.set(static_cast<double>(status.backlog));
  scanned_.set(static_cast<double>(status.scanned_products));
}

}  // namespace aisle
