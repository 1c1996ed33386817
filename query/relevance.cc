#include "query/relevance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>

#include "base/take_until.h"
#include "base/utf8.h"

namespace aisle {
namespace {

constexpr std::size_t resamples = 2000;

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

// The cell at the beginning of `line`, which loses it and its delimiter. A quoted cell may hold both.
std::string take_cell(std::string_view& line, char delimiter) {
  std::string cell;
  bool quoted = delimiter == ',' && line.starts_with('"');
  std::size_t at = quoted ? 1 : 0;
  for (; at < line.size(); ++at) {
    if (quoted && line[at] == '"') {
      if (at + 1 < line.size() && line[at + 1] == '"') {
        ++at;
      } else {
        quoted = false;
        continue;
      }
    } else if (!quoted && line[at] == delimiter) {
      break;
    }
    cell += line[at];
  }
  line.remove_prefix(std::min(at + 1, line.size()));
  return cell;
}

double gain(double grade) {
  return std::exp2(grade) - 1;
}

// Of grades in order, the first ten.
double discounted(std::span<const double> grades) {
  double sum = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(grades.size(), 10); ++i)
    sum += gain(grades[i]) / std::log2(static_cast<double>(i) + 2);
  return sum;
}

// SplitMix64 (Steele, Lea, Flood 2014).
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

}  // namespace

Result<std::vector<JudgedQuery>> read_judgments(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const char delimiter = text.substr(0, text.find('\n')).find('\t') != std::string_view::npos ? '\t' : ',';
  std::vector<JudgedQuery> queries;
  std::map<std::string, std::size_t> places;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto refuse = [&](std::string_view what) {
      return fail(ErrorCode::InvalidArgument, fmt::format("line {}: {}", number, what));
    };
    if (!is_valid_utf8(line)) return refuse("is not valid UTF-8");
    const std::string query = take_cell(line, delimiter);
    const std::string product = take_cell(line, delimiter);
    const std::string third = take_cell(line, delimiter);
    const auto grade = number_of(third);
    if (!grade && number == 1) continue;  // a header
    if (!grade || *grade < 0 || *grade > 10)
      return refuse(fmt::format("the grade is \"{}\", expected a number from 0 to 10", third));
    if (query.empty() || product.empty()) return refuse("query or product is empty");
    const auto [place, added] = places.try_emplace(query, queries.size());
    if (added) queries.push_back({query, {}});
    queries[place->second].grades[product] = *grade;
  }
  if (queries.empty()) return fail(ErrorCode::InvalidArgument, "there is no judgment in it");
  return queries;
}

QueryRelevance relevance_of(const JudgedQuery& query, std::span<const std::string> answer) {
  QueryRelevance result;
  result.found = !answer.empty();
  std::vector<double> given;
  std::size_t top_found = 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(answer.size(), 100); ++i) {
    const auto found = query.grades.find(answer[i]);
    const double grade = found == query.grades.end() ? 0 : found->second;
    if (i < 10) given.push_back(grade);
    if (i < 10 && grade >= QueryRelevance::relevant_grade) result.precision_10 += 0.1;
    if (grade >= QueryRelevance::top_grade) ++top_found;
  }
  std::vector<double> best;
  for (const auto& [product, grade] : query.grades) best.push_back(grade);
  std::ranges::sort(best, std::greater<>());
  const double ideal = discounted(best);
  result.has_gain = ideal > 0;
  if (result.has_gain) result.ndcg_10 = discounted(given) / ideal;
  const auto tops =
      std::ranges::count_if(best, [](double grade) { return grade >= QueryRelevance::top_grade; });
  result.has_top = tops > 0;
  if (result.has_top) result.recall_100 = static_cast<double>(top_found) / static_cast<double>(tops);
  return result;
}

Interval bootstrap_interval(std::span<const double> values) {
  Interval interval;
  if (values.empty()) return interval;
  interval.mean = mean_of(values);
  std::uint64_t state = 0x61736C65;  // fixed: the same values, the same interval
  std::vector<double> means;
  std::vector<double> sample(values.size());
  for (std::size_t i = 0; i < resamples; ++i) {
    for (double& value : sample) value = values[next_random(state) % values.size()];
    means.push_back(mean_of(sample));
  }
  std::ranges::sort(means);
  interval.low = means[resamples / 40];
  interval.high = means[resamples - 1 - resamples / 40];
  return interval;
}

Relevance summarize(std::span<const QueryRelevance> queries) {
  Relevance summary{.queries = queries.size(), .ndcg_10 = {}, .precision_10 = {}, .recall_100 = {}};
  std::vector<double> ndcg;
  std::vector<double> precision;
  std::vector<double> recall;
  for (const QueryRelevance& query : queries) {
    if (!query.found) ++summary.zero_hits;
    if (query.has_gain) ndcg.push_back(query.ndcg_10);
    if (query.has_gain) precision.push_back(query.precision_10);
    if (query.has_top) recall.push_back(query.recall_100);
  }
  summary.ndcg_10 = bootstrap_interval(ndcg);
  summary.precision_10 = bootstrap_interval(precision);
  summary.recall_100 = bootstrap_interval(recall);
  return summary;
}

Interval paired_difference(std::span<const QueryRelevance> before, std::span<const QueryRelevance> after) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].has_gain) differences.push_back(after[i].ndcg_10 - before[i].ndcg_10);
  }
  return bootstrap_interval(differences);
}

}  // namespace aisle
