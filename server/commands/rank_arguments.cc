#include "server/commands/rank_arguments.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

#include "server/commands/rank.h"

namespace aisle {
namespace {

using Options = std::shared_ptr<RankOptions>;

// A subcommand that speaks to a service.
CLI::App* add(CLI::App& rank, const char* name, const char* description, const Options& options) {
  CLI::App* command = rank.add_subcommand(name, description);
  auto* url =
      command->add_option("--admin", options->place.url, "admin listener, such as http://127.0.0.1:8701");
  command->add_option("--config", options->place.config, "configuration file that names the listener")
      ->excludes(url);
  command->add_flag("--json", options->json, "the answer as JSON");
  return command;
}

void add_queries(CLI::App& command, const Options& options) {
  command.add_option(
      "--queries", options->queries,
      "a log, query TAB count a line: its most frequent ones become the document's \"queries\"");
}

void add_note(CLI::App& command, const Options& options) {
  command.add_option("--who", options->who,
                     "for the audit line; AISLE_USER or the user of the terminal unless given");
  command.add_option("--comment", options->comment, "why");
}

void on_call(CLI::App& command, const Options& options, int& exit_code, int (*run)(const RankOptions&)) {
  command.callback([options, &exit_code, run] { exit_code = run(*options); });
}

void add_check(CLI::App& rank, int& exit_code) {
  auto file = std::make_shared<std::filesystem::path>();
  auto schema = std::make_shared<std::filesystem::path>();
  CLI::App* command =
      rank.add_subcommand("check", "say what is wrong with a ranking document, without a service");
  command->add_option("file", *file, "the document")->required();
  command->add_option("--schema", *schema, "catalogue schema whose fields it names");
  command->callback([file, schema, &exit_code] { exit_code = rank_check(*file, *schema); });
}

void add_publish(CLI::App& rank, int& exit_code) {
  const auto options = std::make_shared<RankOptions>();
  CLI::App* command =
      add(rank, "publish", "make a document, or a stored version, what shoppers get", options);
  auto* file = command->add_option("file", options->file, "the document");
  command->add_option("--version", options->version, "a stored version instead")->excludes(file);
  command->add_option("--index", options->index, "with --version")->capture_default_str();
  command->add_option("--expect", options->expected, "refuse unless this version is published now");
  add_queries(*command, options);
  command->add_option("--gate", options->gate, "judged queries that it must pass");
  command->add_option("--min-ndcg", options->min_ndcg, "least mean nDCG@10 of the gate");
  command->add_option("--max-loss", options->max_loss, "most that the mean nDCG@10 may fall by");
  add_note(*command, options);
  on_call(*command, options, exit_code, rank_publish);
}

void add_others(CLI::App& rank, int& exit_code) {
  auto options = std::make_shared<RankOptions>();
  CLI::App* command = add(rank, "diff", "show what a document changes; exit code 1 when it does", options);
  command->add_option("file", options->file, "the document")->required();
  command->add_option("--against", options->version, "a version; the published one unless given");
  on_call(*command, options, exit_code, rank_diff);
  options = std::make_shared<RankOptions>();
  command = add(rank, "draft", "store a document without publishing it, for previews", options);
  command->add_option("file", options->file, "the document")->required();
  add_queries(*command, options);
  add_note(*command, options);
  on_call(*command, options, exit_code, rank_draft);
  options = std::make_shared<RankOptions>();
  command = add(rank, "rollback", "publish again what was published before", options);
  command->add_option("index", options->index, "name of the index")->capture_default_str();
  command->add_option("--to", options->version, "another version, 0 = none");
  add_note(*command, options);
  on_call(*command, options, exit_code, rank_rollback);
  options = std::make_shared<RankOptions>();
  command = add(rank, "history", "list versions and who published what when", options);
  command->add_option("index", options->index, "name of the index")->capture_default_str();
  on_call(*command, options, exit_code, rank_history);
  options = std::make_shared<RankOptions>();
  command = add(rank, "show", "print a version's document", options);
  command->add_option("index", options->index, "name of the index")->capture_default_str();
  command->add_option("version", options->version, "the published one unless given");
  on_call(*command, options, exit_code, rank_show);
}

void add_evaluate(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = app.add_subcommand("evaluate", "measure a ranking by judged queries");
  command->add_option("--judgments", options->judgments, "query, product, grade: CSV or TSV; one file a set")
      ->required();
  command->add_option("--ranking", options->ranking,
                      "a document or a version's number; the published one unless given");
  command->add_option("--compare", options->compare, "the same: what it is measured against");
  command->add_option("--worst", options->worst, "queries listed a set")->capture_default_str();
  auto* answers =
      command->add_option("--answers", options->answers,
                          "file for each query's figures and first hundred products, as JSON lines");
  auto* config =
      command->add_option("--config", options->place.config, "configuration file; its first index is used");
  auto* schema =
      command->add_option("--schema", options->place.schema, "catalogue schema, all else at its default");
  schema->excludes(config);
  command->add_option("--data", options->place.data_dir, "folder of the indexes");
  auto* admin =
      command->add_option("--admin", options->admin.url, "a running service instead: its admin listener");
  admin->excludes(config)->excludes(schema)->excludes(answers);
  command->add_option("--index", options->index, "with --admin")->capture_default_str();
  command->add_flag("--json", options->json, "one JSON object instead of text");
  command->callback([options, &exit_code] {
    options->remote = !options->admin.url.empty();
    exit_code = evaluate_ranking(*options);
  });
}

}  // namespace

void add_rank_commands(CLI::App& app, int& exit_code) {
  CLI::App* rank = app.add_subcommand("rank", "profiles, rules and synonyms of an index");
  rank->require_subcommand(1);
  add_check(*rank, exit_code);
  add_publish(*rank, exit_code);
  add_others(*rank, exit_code);
  add_evaluate(app, exit_code);
}

}  // namespace aisle
