// Were all answers of a cluster right? A single-node index is led through the cluster's log op by op; each
// recorded answer is compared with what that index says at the sequence numbers which the answer states.
//
//   oracle_replay SCHEMA STATISTICS NATS_URL CLUSTER GENERATION SHARDS ANSWERS
//
// STATISTICS is a member's statistics.bin. A line of ANSWERS is the query string, a tab and the body that was
// answered. Prints a JSON object with the counts; ends with 1 when an answer was wrong or stated a place that
// the log does not have.
#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "base/file.h"
#include "indexer/nats/jetstream_op_log.h"
#include "query/image_builder.h"
#include "query/search.h"
#include "server/search_wire.h"

namespace aisle {
namespace {

constexpr std::size_t ops_at_once = 1000;
constexpr std::size_t complaints_max = 5;
constexpr std::chrono::seconds log_silence{5};  // the log has ended

struct Answer {
  std::string query;
  nlohmann::json body;
  std::vector<Seq> seqs;
};

// What differs between two tellings of the same answer.
void remove_circumstances(nlohmann::json& body) {
  body.erase("took_ms");
  for (const char* name : {"lag_ms", "control_plane", "state_version"}) body["view"].erase(name);
}

Result<std::vector<Answer>> read_answers(const std::string& file, std::size_t shards) {
  std::ifstream in(file);
  if (!in) return fail(ErrorCode::NotFound, file + " cannot be read");
  std::vector<Answer> answers;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) return fail(ErrorCode::InvalidArgument, file + ": a line without a tab");
    Answer answer{line.substr(0, tab), nlohmann::json::parse(line.substr(tab + 1)), {}};
    answer.seqs = answer.body.at("view").at("seq").get<std::vector<Seq>>();
    if (answer.seqs.size() != shards) {
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("an answer of {} shards, expected {}", answer.seqs.size(), shards));
    }
    remove_circumstances(answer.body);
    answers.push_back(std::move(answer));
  }
  return answers;
}

using Images = std::map<Seq, std::shared_ptr<const Image>>;

// The images of a shard at all of `wanted`; those that the log does not reach are not there.
Result<Images> replay(JetStreamOpLog& log, const std::shared_ptr<const IndexContext>& context,
                      const std::set<Seq>& wanted) {
  Images images;
  ImageBuilder builder(context, std::make_shared<const Image>());
  if (wanted.contains(0)) images[0] = builder.image();
  std::vector<Op> pending;
  Seq seen = 0;
  while (wanted.upper_bound(seen) != wanted.end()) {
    AISLE_TRY(auto ops, log.read(seen, ops_at_once, Deadline::after(log_silence)));
    if (ops.empty()) break;
    for (SequencedOp& each : ops) {
      pending.push_back(std::move(each.op));
      seen = each.seq;
      const bool asked = wanted.contains(seen);
      if (!asked && pending.size() < ops_at_once) continue;
      AISLE_CHECK(builder.apply(pending, seen));
      pending.clear();
      if (asked) images[seen] = builder.image();
    }
  }
  return images;
}

struct Counts {
  std::size_t answers = 0;
  std::size_t wrong = 0;
  std::size_t unknown_place = 0;  // states a sequence number that the log does not have
  std::set<std::vector<Seq>> places;
};

Result<nlohmann::json> answer_again(View view, const Answer& answer, const std::vector<Images>& images) {
  for (std::size_t shard = 0; shard < images.size(); ++shard) {
    const auto at = images[shard].find(answer.seqs[shard]);
    if (at == images[shard].end()) return fail(ErrorCode::NotFound, "");
    view.shards.push_back(at->second);
  }
  AISLE_TRY(const auto request, parse_search_query(answer.query));
  AISLE_TRY(const auto result, search(view, request, {}, Deadline::after(std::chrono::seconds(60))));
  auto body = nlohmann::json::parse(search_json(result, view, {}));
  remove_circumstances(body);
  return body;
}

Result<Counts> compare(const View& view, const std::vector<Answer>& answers,
                       const std::vector<Images>& images) {
  Counts counts;
  for (const Answer& answer : answers) {
    ++counts.answers;
    counts.places.insert(answer.seqs);
    auto expected = answer_again(view, answer, images);
    if (!expected && expected.error().code == ErrorCode::NotFound) {
      ++counts.unknown_place;
    } else if (!expected) {
      return tl::unexpected(expected.error());
    } else if (*expected != answer.body && ++counts.wrong <= complaints_max) {
      std::cerr << answer.query << " at " << nlohmann::json(answer.seqs) << '\n'
                << nlohmann::json::diff(*expected, answer.body).dump().substr(0, 600) << '\n';
    }
  }
  return counts;
}

struct Arguments {
  std::string schema, statistics, nats, cluster, answers;
  std::uint32_t generation = 1;
  std::uint32_t shards = 1;
};

Result<Counts> run(const Arguments& arguments) {
  AISLE_TRY(auto schema, IndexSchema::load(arguments.schema));
  const std::string index = schema->index;
  AISLE_TRY(auto context, IndexContext::create(std::move(schema), std::filesystem::temp_directory_path()));
  AISLE_TRY(const auto statistics_text, read_file(arguments.statistics));
  AISLE_TRY(auto statistics, Statistics::decode(statistics_text));
  AISLE_TRY(const auto answers, read_answers(arguments.answers, arguments.shards));
  AISLE_TRY(auto connection, NatsConnection::open({.urls = {arguments.nats}, .name = "oracle"}));
  std::vector<Images> images;
  for (std::uint32_t shard = 0; shard < arguments.shards; ++shard) {
    std::set<Seq> wanted;
    for (const Answer& answer : answers) wanted.insert(answer.seqs[shard]);
    JetStreamOpLog log(connection, arguments.cluster, {index, arguments.generation, shard}, 1, {});
    AISLE_TRY(auto found, replay(log, context, wanted));
    images.push_back(std::move(found));
  }
  const View view{.context = context,
                  .shards = {},
                  .statistics = std::move(statistics),
                  .generation = arguments.generation};
  return compare(view, answers, images);
}

std::uint32_t number(const char* text) {
  std::uint32_t value = 0;
  const std::string_view digits(text);
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace
}  // namespace aisle

int main(int count, char** words) {
  using namespace aisle;
  if (count != 8) {
    std::cerr << "usage: oracle_replay SCHEMA STATISTICS NATS_URL CLUSTER GENERATION SHARDS ANSWERS\n";
    return 2;
  }
  const auto counts = run({.schema = words[1],
                           .statistics = words[2],
                           .nats = words[3],
                           .cluster = words[4],
                           .answers = words[7],
                           .generation = number(words[5]),
                           .shards = number(words[6])});
  if (!counts) {
    std::cerr << "oracle_replay: " << counts.error().message << '\n';
    return 1;
  }
  std::cout << nlohmann::json{{"answers", counts->answers},
                              {"wrong", counts->wrong},
                              {"places", counts->places.size()},
                              {"unknown_place", counts->unknown_place}}
            << '\n';
  return counts->wrong + counts->unknown_place == 0 && counts->answers > 0 ? 0 : 1;
}
