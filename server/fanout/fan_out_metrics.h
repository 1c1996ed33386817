// Counters of calls to other nodes.
#pragma once
#include "base/metrics.h"

namespace aisle {

struct FanOutMetrics {
  Counter calls = metric_counter("aisle_fanout_calls_total", "Calls to shards of other nodes");
  Counter retries = metric_counter("aisle_fanout_retries_total", "Calls repeated on another replica");
  Counter hedges = metric_counter("aisle_fanout_hedges_total", "Calls made twice because the first was slow");
  Counter not_here = metric_counter("aisle_fanout_not_here_total", "Answers of nodes without the view");
  Counter errors = metric_counter("aisle_fanout_errors_total", "Calls that failed or timed out");
  Counter ejections = metric_counter("aisle_fanout_ejections_total", "Nodes left out for a while");
  Counter unanswered =
      metric_counter("aisle_fanout_unanswered_total", "Groups of shards that nobody answered");
};

}  // namespace aisle
