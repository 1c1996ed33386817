#include "server/commands/generation_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "schemas/json_reader.h"
#include "server/commands/commands.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds look_interval{500};
constexpr int looks_a_line = 4;  // without a terminal

double megabytes(const Json& bytes) {
  return bytes.get<double>() / 1e6;
}

void print_json(const Json& json) {
  fmt::print("{}\n", dump_json(json));
}

std::string text(const Json& json, const char* name) {
  return json.value(name, std::string());
}

std::string garbage_name(const Json& one) {
  return one.contains("stream") ? "stream " + text(one, "stream") : text(one, "folder");
}

double share_done(const Json& status) {
  const Json& progress = status.at("progress");
  const auto estimate = progress.at("estimate").get<double>();
  const bool reading = text(status, "state") == "building" || text(status, "state") == "planned";
  if (!reading) return 1;
  return estimate > 0 ? std::min(0.99, progress.at("products").get<double>() / estimate) : 0;
}

std::string progress_line(const Json& status) {
  constexpr int width = 30;
  const Json& progress = status.at("progress");
  const double share = share_done(status);
  const int full = static_cast<int>(share * width);
  return fmt::format("generation {} {:<11} [{}{}] {:3.0f} %  {} products, {:.0f}/s, {:.0f} s left {}",
                     status.at("to").get<std::uint32_t>(), text(status, "state"), std::string(full, '#'),
                     std::string(width - full, ' '), share * 100,
                     progress.at("products").get<std::uint64_t>(), progress.at("per_second").get<double>(),
                     progress.at("seconds_left").get<double>(), text(progress, "waits_for"));
}

// Shows progress until the rebuild has ended; 0 when it was switched.
int follow(const AdminClient& client, const std::string& index) {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  std::string last_state;
  for (int looks = 0;; ++looks) {
    const auto status = client.get(admin_path(index, "reindex"));
    if (!status) return report(status.error());
    const std::string state = text(*status, "state");
    const bool ended = !status->at("under_way").get<bool>();
    if (terminal) {
      fmt::print("\r\x1b[K{}", progress_line(*status));
      std::fflush(stdout);
    } else if (ended || state != last_state || looks % looks_a_line == 0) {
      print_json(*status);
      std::fflush(stdout);
    }
    last_state = state;
    if (ended) {
      if (terminal) fmt::print("\n");
      if (state == "active") return 0;
      return report({ErrorCode::FailedPrecondition, "the reindex " + state + ": " + text(*status, "reason")});
    }
    std::this_thread::sleep_for(look_interval);
  }
}

void print_plan(const Json& plan) {
  fmt::print("generation {} with {} shard(s) would be built beside generation {}, about {} products\n",
             plan.at("to").get<std::uint32_t>(), plan.at("shards").get<std::uint32_t>(),
             plan.at("from").get<std::uint32_t>(), plan.at("products").get<std::uint64_t>());
  fmt::print("disk: {:.0f} MB now, {:.0f} MB free, {:.0f} MB needed{}\n", megabytes(plan.at("bytes_now")),
             megabytes(plan.at("bytes_free")), megabytes(plan.at("bytes_needed")),
             plan.at("bytes_free") < plan.at("bytes_needed") ? ": it would be refused" : "");
  for (const Json& change : plan.at("changes")) fmt::print("  {}\n", change.get<std::string>());
}

void print_warm_up(const Json& seen) {
  if (seen.at("queries") == 0) return;
  fmt::print("  of {} recent queries {} find nothing ({} before), {:.0f} % of the first ten hits stayed\n",
             seen.at("queries").get<std::uint64_t>(), seen.at("zero_after").get<std::uint64_t>(),
             seen.at("zero_before").get<std::uint64_t>(), seen.at("overlap").get<double>() * 100);
}

int read_again(const ReindexOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) {
        if (options.ids.empty()) return client.post(admin_path(options.index, "resync"), Json::object());
        return client.post(admin_path(options.index, "repair"), {{"ids", options.ids}});
      },
      [&](const Json&) {
        fmt::print("{} will be read again\n",
                   options.ids.empty() ? "all products" : fmt::format("{} products", options.ids.size()));
      });
}

}  // namespace

std::string who_am_i() {
  for (const char* name : {"AISLE_USER", "SUDO_USER", "USER", "LOGNAME"}) {
    if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
  }
  return "uid " + std::to_string(::getuid());
}

int reindex(const ReindexOptions& options) {
  if (options.resync || !options.ids.empty()) return read_again(options);
  const auto client = AdminClient::of(options.place);
  if (!client) return report(client.error());
  const auto begun = client->post(admin_path(options.index, "reindex"), {{"shards", options.shards},
                                                                         {"force", options.force},
                                                                         {"dry_run", options.dry_run},
                                                                         {"who", who_am_i()},
                                                                         {"comment", options.comment}});
  if (!begun) return report(begun.error());
  if (options.dry_run) {
    print_plan(*begun);
    return 0;
  }
  if (options.wait) return follow(*client, options.index);
  fmt::print(
      "generation {} is being built beside generation {}; aisle reindex status {} tells how far it is\n",
      begun->at("to").get<std::uint32_t>(), begun->at("from").get<std::uint32_t>(), options.index);
  return 0;
}

int reindex_status(const GenerationOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) { return client.get(admin_path(options.index, "reindex")); },
      [&](const Json& status) {
        if (options.json) return print_json(status);
        fmt::print("{}\n", progress_line(status));
        if (!text(status, "reason").empty()) fmt::print("  {}\n", text(status, "reason"));
        for (const Json& change : status.at("changes")) fmt::print("  {}\n", change.get<std::string>());
        print_warm_up(status.at("warm_up"));
      });
}

int reindex_cancel(const GenerationOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) {
        return client.post(admin_path(options.index, "reindex/cancel"), {{"who", who_am_i()}});
      },
      [&](const Json& status) {
        fmt::print("generation {} is dropped\n", status.at("to").get<std::uint32_t>());
      });
}

int generations(const GenerationOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) { return client.get(admin_path(options.index, "generations")); },
      [&](const Json& answer) {
        if (options.json) return print_json(answer);
        for (const Json& one : answer.at("generations")) {
          fmt::print("{:>5}  {:<9} {:>10} products  {:>8.1f} MB  {} shard(s)  {}  {}\n",
                     one.at("number").get<std::uint32_t>(), text(one, "role"),
                     one.at("products").get<std::uint64_t>(), megabytes(one.at("bytes")),
                     one.at("shards").get<std::uint32_t>(), text(one, "created"),
                     one.at("fed").get<bool>() ? "" : "takes no changes");
        }
        for (const Json& reason : answer.at("needs_reindex"))
          fmt::print("NEEDS_REINDEX {}\n", reason.get<std::string>());
        for (const Json& one : answer.at("garbage")) {
          fmt::print("{} is not needed, {:.1f} MB: aisle gc\n", garbage_name(one),
                     megabytes(one.at("bytes")));
        }
      });
}

int rollback(const GenerationOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) {
        return client.post(admin_path(options.index, "rollback"),
                           {{"who", who_am_i()}, {"comment", options.comment}});
      },
      [](const Json& state) {
        fmt::print("generation {} is active again, {} is kept\n", state.at("active").get<std::uint32_t>(),
                   state.at("previous").get<std::uint32_t>());
      });
}

int gc(const GenerationOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) {
        return client.post(admin_path(options.index, "gc"), {{"dry_run", options.dry_run}});
      },
      [&](const Json& answer) {
        const Json& folders = answer.at(options.dry_run ? "found" : "deleted");
        if (folders.empty()) fmt::print("nothing to delete\n");
        for (const Json& one : folders) {
          fmt::print("{} {}, {:.1f} MB\n", options.dry_run ? "would delete" : "deleted", garbage_name(one),
                     megabytes(one.at("bytes")));
        }
      });
}

}  // namespace aisle
