#include <fmt/format.h>

#include <cstdio>

#include "indexer/file_source.h"
#include "indexer/postgres/finding.h"
#include "indexer/postgres/preflight.h"
#include "schemas/index_schema.h"
#include "server/commands/commands.h"

namespace aisle {
namespace {

void print(std::string_view severity, std::string_view where, std::string_view message) {
  fmt::print("{:<8} {}: {}\n", severity, where, message);
}

bool check_index(const IndexConfig& config) {
  const auto schema = IndexSchema::load(config.schema);
  if (!schema) {
    print("error", "schema", schema.error().message);
    return false;
  }
  const std::string where = "index " + (*schema)->index;
  print("ok", where, fmt::format("{} fields, schema hash {}", (*schema)->fields.size(), (*schema)->hash));
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
  if (!config.empty()) {
    const auto loaded = ServiceConfig::load(config);
    if (!loaded) {
      print("error", "configuration", loaded.error().message);
      return 1;
    }
    print("ok", "configuration", config.string());
    indexes = loaded->indexes;
  } else if (!schema.empty()) {
    indexes.push_back({.schema = schema, .connection = ""});
  } else {
    return report({ErrorCode::InvalidArgument, "give either --config or --schema"});
  }
  bool good = true;
  for (const IndexConfig& index : indexes) good = check_index(index) && good;
  return good ? 0 : 1;
}

}  // namespace aisle
