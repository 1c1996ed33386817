#include "base/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace aisle {
namespace {

prometheus::Registry& registry() {
  static prometheus::Registry instance;
  return instance;
}

}  // namespace

Counter metric_counter(const std::string& name, const std::string& help, const MetricLabels& labels) {
  auto& series = prometheus::BuildCounter().Name(name).Help(help).Register(registry()).Add(labels);
  return Counter{[&series](double amount) { series.Increment(amount); }};
}

Gauge metric_gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  auto& series = prometheus::BuildGauge().Name(name).Help(help).Register(registry()).Add(labels);
  return Gauge{[&series](double value) { series.Set(value); }};
}

Histogram metric_histogram(const std::string& name, const std::string& help, const MetricLabels& labels) {
  static const prometheus::Histogram::BucketBoundaries buckets = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5};
  auto& series = prometheus::BuildHistogram().Name(name).Help(help).Register(registry()).Add(labels, buckets);
  return Histogram{[&series](double value) { series.Observe(value); }};
}

std::string render_metrics() {
  return prometheus::TextSerializer().Serialize(registry().Collect());
}

}  // namespace aisle
