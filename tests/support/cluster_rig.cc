#include "tests/support/cluster_rig.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "base/utf8.h"
#include "tests/support/free_port.h"

namespace aisle::test {
namespace {

const std::filesystem::path demo = std::filesystem::path(AISLE_SOURCE_DIR) / "data" / "demo";

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// What shoppers type: judged queries, beginnings of titles, misspellings, words that do not go together.
class Shoppers {
 public:
  Shoppers(const std::vector<std::string>& records, std::uint64_t seed) : records_(records), random_(seed) {
    std::set<std::string> known;
    for (const std::string& line : lines_of(demo / "judgments.tsv"))
      known.insert(line.substr(0, line.find('\t')));
    judged_.assign(known.begin(), known.end());
  }

  std::string query() {
    switch (random_.below(6)) {
      case 0:
        return random_.one_of(judged_);
      case 1:
        return bent(random_.one_of(judged_));
      case 2:
        return std::string(cut_utf8(title(), 2 + random_.below(14)));
      case 3:
        return bent(title());
      case 4:
        return random_.one_of(judged_) + " " + random_.one_of(judged_);
      default:
        return random_.chance(50) ? "" : title();
    }
  }
  std::string target() {
    std::string target = "/v1/indexes/products/search?q=" + url_encoded(query());
    if (random_.chance(50)) target += "&facets=brand,category,price,in_stock,rating";
    if (random_.chance(30))
      target += "&filter=" + url_encoded("price < " + std::to_string(5 + random_.below(400)));
    if (random_.chance(20))
      target += random_.chance(50) ? "&sort=price:asc" : "&sort=rating:desc,released:desc";
    if (random_.chance(20)) target += "&page=2&per_page=30";
    if (random_.chance(20)) target += "&explain=true";
    return target;
  }

 private:
  std::string title() {
    return nlohmann::json::parse(random_.one_of(records_)).at("title").get<std::string>();
  }
  std::string bent(std::string text) {
    if (text.size() <= 4) return text;
    const std::size_t at = 1 + random_.below(text.size() - 2);
    const bool letter = text[at] > ' ' && static_cast<unsigned char>(text[at]) < 0x80;
    if (letter) text.erase(at, 1);
    return text;
  }

  const std::vector<std::string>& records_;
  std::vector<std::string> judged_;
  Random random_;
};

}  // namespace

std::string ClusterRig::prepare() {
  const std::filesystem::path file = folder_.path() / "all.jsonl";
  const std::string command = "python3 " + (demo / "generate.py").string() + " --format jsonl --out " +
                              file.string() + " > /dev/null 2>&1";
  if (std::system(command.c_str()) != 0) return "python3 cannot make the sample shop";
  std::cout << Seeds::trace(seed_) << "\n";
  records_ = lines_of(file);
  return records_.empty() ? "the sample shop is empty" : "";
}

std::filesystem::path ClusterRig::import(int count, std::size_t products) {
  const std::filesystem::path made =
      folder_.path() / ("import-" + std::to_string(count) + "-" + std::to_string(products));
  if (std::filesystem::exists(made)) return made;
  std::filesystem::create_directories(made);
  std::filesystem::copy(demo / "products-file.json", made / "schema.json");
  std::ofstream out(made / "products.jsonl");
  for (std::size_t i = 0; i < products; ++i) out << records_[i] << "\n";
  out.close();
  const CommandResult result = run_aisle({"import", "--schema", made / "schema.json", "--data", made / "data",
                                          "--shards", std::to_string(count), made / "products.jsonl"});
  EXPECT_EQ(result.exit_code, 0) << result.output;
  return made;
}

std::unique_ptr<AisleProcess> ClusterRig::serve_alone(int count) {
  const std::filesystem::path made = import(count, records_.size());
  auto process = std::make_unique<AisleProcess>(
      std::vector<std::string>{"--schema", made / "schema.json", "--data", made / "data"});
  EXPECT_TRUE(process->ready()) << process->log();
  return process;
}

void ClusterRig::start(std::vector<RigNode> nodes, const std::string& limits) {
  nodes_ = std::move(nodes);
  nlohmann::json list = nlohmann::json::array();
  for (RigNode& node : nodes_) {
    node.port = free_port();
    list.push_back(
        {{"id", node.id}, {"address", "127.0.0.1:" + std::to_string(node.port)}, {"shards", node.shards}});
  }
  for (const RigNode& node : nodes_) {
    const std::size_t products = node.id == other_data_ ? records_.size() / 2 : records_.size();
    const std::filesystem::path home = folder_.path() / ("node-" + node.id);
    std::filesystem::remove_all(home);
    const std::filesystem::path made = import(shards, products);
    std::filesystem::copy(made, home, std::filesystem::copy_options::recursive);
    std::filesystem::last_write_time(home / "products.jsonl",  // else the service would read it again
                                     std::filesystem::last_write_time(made / "products.jsonl"));
    const nlohmann::json config = {
        {"schema", "schema.json"},
        {"data_dir", "data"},
        {"limits", nlohmann::json::parse(limits)},
        {"cluster",
         {{"self", node.id}, {"listen", {{"address", "127.0.0.1"}, {"port", node.port}}}, {"nodes", list}}}};
    std::ofstream(home / "config.json") << config.dump();
    processes_.push_back(
        std::make_unique<AisleProcess>(std::vector<std::string>{"--config", home / "config.json"}));
  }
  for (const auto& process : processes_) EXPECT_TRUE(process->ready()) << process->log();
}

std::vector<std::string> ClusterRig::targets(std::size_t count) const {
  Shoppers shoppers(records_, seed_);
  std::vector<std::string> targets;
  while (targets.size() < count) targets.push_back(shoppers.target());
  return targets;
}

double metric(AisleProcess& node, const std::string& name) {
  std::istringstream lines(node.get("/metrics").body);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + " ")) return std::stod(line.substr(name.size() + 1));
  }
  return 0;
}

nlohmann::json comparable(const RawResponse& answer) {
  nlohmann::json json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object()) return answer.status;
  json.erase("took_ms");
  if (json.contains("view")) json["view"].erase("seq");  // by shard: as many as there are shards
  if (json.contains("error")) json["error"].erase("request_id");
  json["status"] = answer.status;
  return json;
}

}  // namespace aisle::test
