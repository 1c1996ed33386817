// Counters, gauges and histograms in the Prometheus text format. Names and labels: docs/operations.md.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace aisle {

using MetricLabels = std::map<std::string, std::string>;

// Thread-safe; handles stay valid for the life of the process and are cheap to use: look up once, keep it.
class Counter {
 public:
  void add(double amount = 1) const { add_(amount); }
  std::function<void(double)> add_;
};
class Gauge {
 public:
  void set(double value) const { set_(value); }
  std::function<void(double)> set_;
};
class Histogram {
 public:
  void observe(double value) const { observe_(value); }
  std::function<void(double)> observe_;
};

// The process-wide registry. A name keeps its type and help; asking again with the same labels gives the same
// series.
Counter metric_counter(const std::string& name, const std::string& help, const MetricLabels& labels = {});
Gauge metric_gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
// Seconds; buckets 0.5 ms to 5 s.
Histogram metric_histogram(const std::string& name, const std::string& help, const MetricLabels& labels = {});

// All series in the text exposition format.
std::string render_metrics();

}  // namespace aisle
