#include <CLI/CLI.hpp>

#include <cstdio>

#include "server/commands/cluster_commands.h"
#include "server/commands/commands.h"
#include "server/commands/generation_commands.h"
#include "server/commands/rank_arguments.h"
#include "server/commands/verify.h"

namespace {

void add_place(CLI::App& command, aisle::IndexPlace& place) {
  auto* config = command.add_option("--config", place.config, "configuration file; its first index is used");
  command.add_option("--schema", place.schema, "catalogue schema, with all other settings at their defaults")
      ->excludes(config);
  command.add_option("--data", place.data_dir, "folder of the indexes");
}

void add_serve(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<aisle::ServeOptions>();
  CLI::App* command = app.add_subcommand("serve", "follow the source and answer searches over HTTP");
  command->add_option("--config", options->config, "configuration file");
  command->add_option("--schema", options->schema,
                      "catalogue schema, with all other settings at their defaults");
  command->add_option("--data", options->data_dir, "folder of the indexes");
  command->add_option("--web", options->web, "folder of pages to serve at /");
  command->add_option("--port", options->port, "port of the search API, 0 = any free one");
  command->add_option("--admin-port", options->admin_port, "port of health and metrics, 0 = any free one");
  command->callback([options, &exit_code] { exit_code = aisle::serve(*options); });
}

void add_index(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<aisle::ServeOptions>();
  CLI::App* command =
      app.add_subcommand("index", "feed the indexes of a cluster, or stand by until who feeds them is gone");
  command->add_option("--config", options->config, "configuration file")->required();
  command->add_option("--data", options->data_dir, "folder of the indexes");
  command->add_option("--port", options->port, "port of health and status, 0 = any free one");
  command->add_option("--admin-port", options->admin_port, "port of administration, 0 = any free one");
  command->callback([options, &exit_code] { exit_code = aisle::serve(*options, aisle::MemberRole::Index); });
}

void add_import(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<aisle::ImportOptions>();
  CLI::App* command =
      app.add_subcommand("import", "read a catalogue file (.jsonl, .csv, .tsv, also .gz) into an index");
  add_place(*command, options->place);
  command->add_option("file", options->file, "the file; the schema's file source unless given");
  command->add_option("--shards", options->shards, "of a new index, 0 = by its size and the cores");
  command->add_flag("--json", options->json, "one JSON object instead of text");
  command->callback([options, &exit_code] { exit_code = aisle::import(*options); });
}

void add_search(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<aisle::SearchOptions>();
  CLI::App* command =
      app.add_subcommand("search", "search a running service, or an index that no service has open");
  add_place(*command, options->place);
  command->add_option("--url", options->url, "a running service, such as http://127.0.0.1:8700; prints JSON");
  command->add_option("--index", options->index, "with --url")->capture_default_str();
  command->add_option("q", options->q, "what a shopper types");
  command->add_option("--filter", options->filter, "for instance: brand = \"Nordal\" AND price < 50");
  command->add_option("--facets", options->facets, "fields to count, separated by commas")->delimiter(',');
  command->add_option("--sort", options->sort, "for instance price:asc")->delimiter(',');
  command->add_option("--page", options->page, "from 1");
  command->add_option("--per-page", options->per_page, "hits a page")->capture_default_str();
  command->add_flag("--explain", options->explain, "show what each score is made of");
  command->add_flag("--json", options->json, "the answer as the search API gives it");
  command->add_option("--queries", options->queries, "run every line of a file and print the latencies");
  command->callback([options, &exit_code] {
    exit_code = options->url.empty() ? aisle::search(*options) : aisle::remote_search(*options);
  });
}

void add_check(CLI::App& app, int& exit_code) {
  auto config = std::make_shared<std::filesystem::path>();
  auto schema = std::make_shared<std::filesystem::path>();
  CLI::App* command =
      app.add_subcommand("check", "say what is wrong with a configuration and its database, one line each");
  command->add_option("--config", *config, "configuration file");
  command->add_option("--schema", *schema, "catalogue schema");
  command->callback([config, schema, &exit_code] { exit_code = aisle::check(*config, *schema); });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Product search for shops whose catalogue lives in PostgreSQL", "aisle");
  app.require_subcommand(1);
  int exit_code = 0;
  add_serve(app, exit_code);
  add_index(app, exit_code);
  add_import(app, exit_code);
  add_search(app, exit_code);
  add_check(app, exit_code);
  aisle::add_generation_commands(app, exit_code);
  aisle::add_rank_commands(app, exit_code);
  aisle::add_cluster_commands(app, exit_code);
  aisle::add_verify_commands(app, exit_code);
  app.add_subcommand("version", "print the version")->callback([] {
    std::printf("aisle %s\n", AISLE_VERSION);
  });
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
