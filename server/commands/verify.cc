#include "server/commands/verify.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "schemas/json_reader.h"
#include "server/commands/commands.h"

namespace aisle {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::milliseconds look_interval{200};

void print_ids(const Json& report, const char* kind) {
  const auto count = report.at(kind).get<std::uint64_t>();
  if (count == 0) return;
  const auto ids = report.at(std::string(kind) + "_ids").get<std::vector<std::string>>();
  fmt::print("{:<10} {:>8}  {}{}\n", kind, count, fmt::join(ids, " "), count > ids.size() ? " ..." : "");
}

void print_report(const Json& report) {
  fmt::print("{} products compared in {:.1f} s at {}\n", report.at("checked").get<std::uint64_t>(),
             report.at("seconds").get<double>(), report.at("lsn").get<std::string>());
  for (const char* kind : {"missing", "extra", "different"}) print_ids(report, kind);
  if (const auto refused = report.at("refused").get<std::uint64_t>(); refused > 0) {
    fmt::print("{} products cannot be indexed: dead letters\n", refused);
  }
  if (const auto repaired = report.at("repaired").get<std::uint64_t>(); repaired > 0) {
    fmt::print("{} repaired\n", repaired);
  }
}

std::uint64_t differences(const Json& report) {
  std::uint64_t sum = 0;
  for (const char* kind : {"missing", "extra", "different"}) sum += report.at(kind).get<std::uint64_t>();
  return sum;
}

Result<Json> run(const VerifyOptions& options) {
  AISLE_TRY(const AdminClient client, AdminClient::of(options.place));
  const std::string path = admin_path(options.index, "verify");
  AISLE_TRY(Json status, client.post(path, {{"repair", options.repair}}));
  while (status.at("running").get<bool>()) {
    std::this_thread::sleep_for(look_interval);
    AISLE_TRY(status, client.get(path));
  }
  if (status.contains("error"))
    return fail(ErrorCode::FailedPrecondition, status.at("error").get<std::string>());
  return status.at("report");
}

}  // namespace

int verify(const VerifyOptions& options) {
  const auto found = run(options);
  if (!found) return report(found.error());
  if (options.json) {
    fmt::print("{}\n", dump_json(*found));
  } else {
    print_report(*found);
  }
  const std::uint64_t left = differences(*found);
  if (!options.json) fmt::print("{}\n", left == 0 ? "index and source are equal" : "index and source differ");
  return left == 0 ? 0 : 1;
}

int confirm(const VerifyOptions& options) {
  return ask_service(
      options.place,
      [&](const AdminClient& client) {
        return client.post(admin_path(options.index, "confirm"), Json::object());
      },
      [](const Json&) { fmt::print("confirmed\n"); });
}

void add_verify_commands(CLI::App& app, int& exit_code) {
  const auto add = [&](const char* name, const char* what, int (*run)(const VerifyOptions&)) {
    auto options = std::make_shared<VerifyOptions>();
    CLI::App* command = app.add_subcommand(name, what);
    command->add_option("index", options->index, "name of the index")->required();
    auto* url = command->add_option("--admin", options->place.url,
                                    "admin address of the service [http://127.0.0.1:8701]");
    command->add_option("--config", options->place.config, "configuration file that names it")->excludes(url);
    command->callback([options, run, &exit_code] { exit_code = run(*options); });
    return std::pair(command, options);
  };
  const auto [command, options] =
      add("verify", "compare an index with its source, product by product", verify);
  command->add_flag("--repair", options->repair, "read again what differs");
  command->add_flag("--json", options->json, "the report as one JSON object");
  add("confirm", "let happen what the feed holds: an emptied table, many deletes", confirm);
}

}  // namespace aisle
