#include <fmt/format.h>

#include <cstdio>

#include "analyzers/analyzer.h"
#include "base/file.h"
#include "indexer/file_source.h"
#include "indexer/file_state_store.h"
#include "indexer/postgres/finding.h"
#include "indexer/postgres/preflight.h"
#include "schemas/index_schema.h"
#include "schemas/schema_changes.h"
#include "server/commands/commands.h"

namespace aisle {
namespace {

void print(std::string_view severity, std::string_view where, std::string_view message) {
  fmt::print("{:<8} {}: {}\n", severity, where, message);
}

// Whether the generation that a service would search was built for this schema.
void check_generation(const IndexSchema& schema, const std::filesystem::path& data) {
  const std::string where = "index " + schema.index;
  const std::filesystem::path folder = data / schema.index;
  const auto state = FileStateStore(folder).read();
  if (!state) return print("error", where, state.error().message);
  if (!*state) return;
  const GenerationRef& active = (*state)->active;
  if (active.analyzer_version != analyzer_version) {
    print("warning", where,
          fmt::format("NEEDS_REINDEX generation {} was built with analyzer {}, this version has {}",
                      active.number, active.analyzer_version, analyzer_version));
  }
  if (active.schema_hash == schema.hash) return;
  const auto text = read_file(folder / fmt::format("generation-{}", active.number) / "schema.json");
  const auto built = text ? IndexSchema::parse(*text) : tl::unexpected(text.error());
  if (!built) return print("error", where, built.error().message);
  for (const std::string& change : content_changes(**built, schema)) {
    print("warning", where, "NEEDS_REINDEX " + change);
  }
}

bool check_index(const IndexConfig& config, const std::filesystem::path& data) {
  const auto schema = IndexSchema::load(config.schema);
  if (!schema) {
    print("error", "schema", schema.error().message);
    return false;
  }
  const std::string where = "index " + (*schema)->index;
  print("ok", where, fmt::format("{} fields, schema hash {}", (*schema)->fields.size(), (*schema)->hash));
  if (!data.empty()) check_generation(**schema, data);
  if (const auto* file = std::get_if<FileSource>(&(*schema)->source)) {
    const auto found = file_fingerprint(file->path);
    print(found ? "ok" : "error", where, found ? "reads " + file->path.string() : found.error().message);
    return found.has_value();
  }
  const auto* source = std::get_if<PostgresSource>(&(*schema)->source);
  if (source == nullptr) {
    print("warning", where, "has no source: `aisle import FILE` fills it");
    return true;
  }
  const std::string& connection = config.connection.empty() ? source->connection : config.connection;
  const std::vector<Finding> findings = check_source(**schema, connection);
  for (const Finding& finding : findings) {
    print(severity_name(finding.severity), where,
          fmt::format("{} {}{}", finding_name(finding.code), finding.message,
                      finding.fix.empty() ? "" : " | mend with: " + finding.fix));
  }
  if (findings.empty()) print("ok", where, "the database side is as it should be");
  return !has_severity(findings, FindingSeverity::Error);
}

}  // namespace

int check(const std::filesystem::path& config, const std::filesystem::path& schema) {
  std::vector<IndexConfig> indexes;
  std::filesystem::path data;
  if (!config.empty()) {
    const auto loaded = ServiceConfig::load(config);
    if (!loaded) {
      print("error", "configuration", loaded.error().message);
      return 1;
    }
    print("ok", "configuration", config.string());
    indexes = loaded->indexes;
    data = loaded->data_dir;
  } else if (!schema.empty()) {
    indexes.push_back({.schema = schema, .connection = ""});
  } else {
    return report({ErrorCode::InvalidArgument, "give either --config or --schema"});
  }
  bool good = true;
  for (const IndexConfig& index : indexes) good = check_index(index, data) && good;
  return good ? 0 : 1;
}

}  // namespace aisle
