#include "server/commands/cluster_commands.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "schemas/json_reader.h"
#include "server/commands/commands.h"
#include "server/membership/members.h"
#include "server/membership/membership.h"

namespace aisle {
namespace {

constexpr std::chrono::seconds order_time{15};

Result<std::unique_ptr<ClusterDesk>> open_desk(const ClusterCommandOptions& options) {
  AISLE_TRY(const ServiceConfig config, ServiceConfig::load(options.config));
  if (!config.membership) {
    return fail(ErrorCode::FailedPrecondition,
                options.config.string() + " has no /cluster/nats: it is no cluster");
  }
  MembershipConfig membership = *config.membership;
  membership.node += "-command";
  return ClusterDesk::open(membership);
}

// The highest seq of each shard that anybody has.
using Heads = std::map<std::string, Seq>;

std::string shard_key(const IndexPresence& index, const GenerationPresence& generation, std::size_t shard) {
  return fmt::format("{}.{}.{}", index.index, generation.number, shard);
}

Heads heads_of(const std::vector<NodePresence>& nodes) {
  Heads heads;
  for (const NodePresence& node : nodes) {
    for (const IndexPresence& index : node.indexes) {
      for (const GenerationPresence& generation : index.generations) {
        for (std::size_t i = 0; i < generation.shards.size(); ++i) {
          Seq& head = heads[shard_key(index, generation, i)];
          head = std::max({head, generation.shards[i].applied, generation.shards[i].durable});
        }
      }
    }
  }
  return heads;
}

std::string state_of(const NodePresence& node) {
  if (node.draining) return "draining";
  if (node.role == "index") return node.leading ? "leads" : "stands by";
  const bool ready =
      !node.indexes.empty() && std::ranges::all_of(node.indexes, [](const IndexPresence& index) {
        return std::ranges::any_of(index.generations, &GenerationPresence::ready);
      });
  return ready ? "ready" : "not ready";
}

// One line a generation; true when a shard is in trouble.
bool print_generation(const IndexPresence& index, const GenerationPresence& generation, const Heads& heads) {
  Seq behind = 0;
  Lsn lsn = std::numeric_limits<Lsn>::max();
  std::string trouble;
  for (std::size_t i = 0; i < generation.shards.size(); ++i) {
    const ShardPresence& shard = generation.shards[i];
    behind += heads.at(shard_key(index, generation, i)) - shard.applied;
    lsn = std::min(lsn, shard.lsn);
    if (trouble.empty()) trouble = shard.trouble;
  }
  std::printf("    %s, generation %u%s: %zu shards, %s, %llu ops behind%s%s\n", index.index.c_str(),
              generation.number, generation.ready ? "" : " (not ready)", generation.shards.size(),
              format_lsn(generation.shards.empty() ? 0 : lsn).c_str(),
              static_cast<unsigned long long>(behind), trouble.empty() ? "" : ", ", trouble.c_str());
  return !trouble.empty();
}

// True when there are any.
bool print_differing(const std::vector<NodePresence>& nodes) {
  std::set<std::string> indexes;
  for (const NodePresence& node : nodes) {
    for (const IndexPresence& index : node.indexes) indexes.insert(index.index);
  }
  bool any = false;
  for (const std::string& index : indexes) {
    for (const DifferingCopy& copy : differing_copies(nodes, index)) {
      any = true;
      std::printf("CONTENT_DIFFERS: %s, generation %u, shard %u at %s is not what most copies are\n",
                  index.c_str(), copy.generation, copy.shard, copy.node.c_str());
    }
  }
  return any;
}

}  // namespace

int cluster_status(const ClusterCommandOptions& options) {
  const auto desk = open_desk(options);
  if (!desk) return report(desk.error());
  const auto nodes = (*desk)->nodes();
  if (!nodes) return report(nodes.error());
  if (options.json) {
    nlohmann::json all = nlohmann::json::array();
    for (const NodePresence& node : *nodes) all.push_back(parse_json(encode_presence(node)).value());
    std::printf("%s\n", dump_json({{"nodes", std::move(all)}}).c_str());
    return nodes->empty() ? 1 : 0;
  }
  if (nodes->empty()) std::printf("nobody is there\n");
  const Heads heads = heads_of(*nodes);
  bool trouble = nodes->empty();
  for (const NodePresence& node : *nodes) {
    std::printf("%-12s %-6s %-10s %s\n", node.node.c_str(), node.role.c_str(), state_of(node).c_str(),
                node.address.c_str());
    for (const IndexPresence& index : node.indexes) {
      for (const GenerationPresence& generation : index.generations) {
        trouble = print_generation(index, generation, heads) || trouble;
      }
    }
  }
  return print_differing(*nodes) || trouble ? 1 : 0;
}

int cluster_drain(const ClusterCommandOptions& options, bool out) {
  const auto desk = open_desk(options);
  if (!desk) return report(desk.error());
  const auto says = [&](bool draining) -> Result<bool> {
    AISLE_TRY(const auto nodes, (*desk)->nodes());
    const auto node = std::ranges::find(nodes, options.node, &NodePresence::node);
    if (node == nodes.end())
      return fail(ErrorCode::NotFound, "the cluster has no node \"" + options.node + "\"");
    return node->draining == draining;
  };
  if (const auto there = says(out); !there) return report(there.error());
  if (const Status ordered = (*desk)->order(options.node, out); !ordered) return report(ordered.error());
  for (const Deadline end = Deadline::after(order_time); !end.expired();) {
    const auto done = says(out);
    if (!done) return report(done.error());
    if (*done) {
      std::printf("%s %s\n", options.node.c_str(), out ? "takes no more searches" : "takes searches again");
      return 0;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  return report({ErrorCode::DeadlineExceeded, options.node + " has not said that it follows the order"});
}

void add_cluster_commands(CLI::App& app, int& exit_code) {
  CLI::App* cluster = app.add_subcommand("cluster", "the members of a cluster, and orders for them");
  cluster->require_subcommand(1);
  auto options = std::make_shared<ClusterCommandOptions>();
  const auto add = [&](const char* name, const char* what) {
    CLI::App* command = cluster->add_subcommand(name, what);
    command->add_option("--config", options->config, "configuration file of any member")->required();
    return command;
  };
  CLI::App* status = add("status", "who is there, who leads, how far everybody is");
  status->add_flag("--json", options->json, "as the members say it");
  status->callback([options, &exit_code] { exit_code = cluster_status(*options); });
  for (const bool out : {true, false}) {
    CLI::App* command =
        add(out ? "drain" : "undrain",
            out ? "send a member no more searches: its readyz says 503" : "let it have searches again");
    command->add_option("node", options->node, "its name")->required();
    command->callback([options, out, &exit_code] { exit_code = cluster_drain(*options, out); });
  }
}

}  // namespace aisle
