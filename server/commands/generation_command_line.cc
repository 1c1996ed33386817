#include <CLI/CLI.hpp>

#include <memory>

#include "server/commands/generation_commands.h"

namespace aisle {
namespace {

using Command = int (*)(const GenerationOptions&);

void add_admin_place(CLI::App& command, AdminPlace& place) {
  auto* url =
      command.add_option("--admin", place.url, "admin address of the service [http://127.0.0.1:8701]");
  command.add_option("--config", place.config, "configuration file that names it")->excludes(url);
}

// A command about one index; what else it takes is added by the caller.
std::pair<CLI::App*, std::shared_ptr<GenerationOptions>> add_command(CLI::App& app, const char* name,
                                                                     const char* what, Command run,
                                                                     int& exit_code) {
  auto options = std::make_shared<GenerationOptions>();
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("index", options->index, "name of the index")->required();
  add_admin_place(*command, options->place);
  command->callback([options, run, &exit_code] { exit_code = run(*options); });
  return {command, options};
}

void add_reindex(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReindexOptions>();
  CLI::App* command =
      app.add_subcommand("reindex", "build a new generation beside the active one, then switch");
  command->add_option("index", options->index, "name of the index");
  add_admin_place(*command, options->place);
  command->add_option("--shards", options->shards, "of the new generation, 0 = as configured or by its size");
  command->add_flag("--wait", options->wait, "show the progress until it has ended");
  command->add_flag("--dry-run", options->dry_run, "only tell what would be done");
  command->add_flag("--force", options->force, "switch even when products are missing");
  command->add_flag("--resync", options->resync, "read all products again into the generation that is there");
  command->add_option("--ids", options->ids, "read these products again, separated by commas")
      ->delimiter(',');
  command->add_option("--comment", options->comment, "kept with the change");
  command->require_subcommand(0, 1);
  auto [status, status_options] = add_command(
      *command, "status", "how far the rebuild is, or how the last one ended", reindex_status, exit_code);
  status->add_flag("--json", status_options->json, "the answer of the service");
  add_command(*command, "cancel", "drop the generation that is being built", reindex_cancel, exit_code);
  command->callback([command, options, &exit_code] {
    if (!command->get_subcommands().empty()) return;
    if (options->index.empty()) throw CLI::RequiredError("index");
    exit_code = reindex(*options);
  });
}

}  // namespace

void add_generation_commands(CLI::App& app, int& exit_code) {
  add_reindex(app, exit_code);
  auto [list, list_options] = add_command(app, "generations", "what an index has on disk and which is active",
                                          generations, exit_code);
  list->add_flag("--json", list_options->json, "the answer of the service");
  auto [back, back_options] =
      add_command(app, "rollback", "back to the former generation; again, forth", rollback, exit_code);
  back->add_option("--comment", back_options->comment, "kept with the change");
  auto [clean, clean_options] = add_command(app, "gc", "delete folders that nothing needs", gc, exit_code);
  clean->add_flag("--dry-run", clean_options->dry_run, "only tell");
}

}  // namespace aisle
