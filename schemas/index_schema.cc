#include "schemas/index_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzers/analyzer.h"
#include "base/file.h"
#include "base/hash.h"
#include "schemas/field_reader.h"
#include "schemas/json_reader.h"
#include "schemas/name_rules.h"
#include "schemas/source_reader.h"

namespace aisle {
namespace {

// Everything that decides what a shard holds, in one fixed spelling. Weights, connection, slot and tables are
// not part: changing them needs no reindex.
std::string content_hash(const IndexSchema& schema) {
  nlohmann::json content;
  content["analyzer_version"] = analyzer_version;
  content["id"] = schema.id_field;
  content["language"] = schema.language;
  const auto* postgres = std::get_if<PostgresSource>(&schema.source);
  content["document_query"] = postgres != nullptr ? postgres->document_query : "";
  auto& fields = content["fields"] = nlohmann::json::array();
  for (const Field& field : schema.fields) {
    fields.push_back({{"name", field.name},
                      {"type", type_name(field.type)},
                      {"search", field.search},
                      {"facet", field.facet},
                      {"filter", field.filter},
                      {"sort", field.sort},
                      {"stored", field.stored},
                      {"volatile", field.volatile_value},
                      {"decimals", field.decimals},
                      {"language", field.language},
                      {"path", field.path},
                      {"separator", field.separator}});
    if (!field.unit.empty()) fields.back()["unit"] = field.unit;  // else the hash of older schemas
  }
  return hash_text(dump_json(content));
}

// The id is what changes are found by, so it must not change by itself.
void check_id(const JsonReader& fields, const IndexSchema& schema) {
  for (const Field& field : schema.fields) {
    if (!field.volatile_value || (field.name != schema.id_field && field.path != "/" + schema.id_field))
      continue;
    fields.member(field.name).member("volatile").fail(": the id field cannot be volatile");
  }
}

void read_identity(const JsonReader& root, IndexSchema& schema) {
  schema.index = root.require_string("index");
  if (root.ok() && !is_index_name(schema.index)) {
    root.member("index").fail(fmt::format(
        "is \"{}\", expected a lower-case letter, then lower-case letters, digits, _ or -, at most 64",
        schema.index.substr(0, 80)));
  }
  schema.id_field = root.string_or("id", schema.id_field);
  if (root.ok() && !is_record_key(schema.id_field)) {
    root.member("id").fail(
        fmt::format("is \"{}\", expected a key of the record: letters, digits and _.@:-, at most 128",
                    schema.id_field.substr(0, 140)));
  }
  schema.language = read_language(root, schema.language);
}

// Groups of words; each must be one word for the index's analyzer.
std::vector<std::vector<std::string>> read_synonyms(const JsonReader& list, const std::string& language) {
  const auto analyzer = Analyzer::create(language);
  std::vector<std::vector<std::string>> groups;
  const auto size_in = [](const JsonReader& reader, std::size_t low, std::size_t high,
                          std::string_view what) {
    if (!reader.is_array()) return reader.fail(fmt::format("is not an array of {}", what));
    const std::size_t size = reader.value().size();
    if (size < low || size > high)
      reader.fail(fmt::format("has {} {}, expected {} to {}", size, what, low, high));
  };
  size_in(list, 0, IndexSchema::synonym_groups_max, "groups");
  if (!list.ok() || !analyzer) return groups;
  for (const JsonReader& group : list.elements()) {
    size_in(group, 2, IndexSchema::synonym_words_max, "words");
    if (!list.ok()) break;
    std::vector<std::string>& words = groups.emplace_back();
    for (const JsonReader& word : group.elements()) {
      const std::vector<Token> tokens =
          word.is_string() ? (*analyzer)->query_tokens(word.value().get_ref<const std::string&>())
                           : std::vector<Token>();
      if (tokens.size() == 1) {
        words.push_back(tokens.front().text);
      } else {
        word.fail(fmt::format("is {}, expected a single word", dump_json(word.value()).substr(0, 80)));
      }
    }
  }
  return groups;
}

}  // namespace

const Field* IndexSchema::find(std::string_view name) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), name,
                       [](const Field& field, std::string_view wanted) { return field.name < wanted; });
  return found != fields.end() && found->name == name ? &*found : nullptr;
}

std::vector<std::string> IndexSchema::field_names() const {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

Result<std::shared_ptr<const IndexSchema>> IndexSchema::parse(std::string_view text,
                                                              const std::filesystem::path& folder) {
  AISLE_TRY(const nlohmann::json document, parse_json(text));
  JsonReader::ErrorSink sink;
  const JsonReader root(document, "", sink);
  root.allow_only({"$schema", "index", "id", "language", "fields", "synonyms", "source"});
  root.string_or("$schema", "");  // for editors
  auto schema = std::make_shared<IndexSchema>();
  read_identity(root, *schema);
  schema->fields = read_fields(root.member("fields"), schema->language);
  if (root.ok()) check_id(root.member("fields"), *schema);
  if (root.ok() && root.has("synonyms"))
    schema->synonyms = read_synonyms(root.member("synonyms"), schema->language);
  if (root.has("source")) schema->source = read_source(root.member("source"), *schema);
  if (sink.error) return tl::unexpected<Error>(std::move(*sink.error));
  schema->hash = content_hash(*schema);
  schema->text = text;
  if (auto* file = std::get_if<FileSource>(&schema->source); file != nullptr && !folder.empty()) {
    file->path = folder / file->path;  // an absolute path stays as it is
  }
  return schema;
}

Result<std::shared_ptr<const IndexSchema>> IndexSchema::load(const std::filesystem::path& file) {
  const auto named = [&](Error error) {
    error.message = file.string() + ": " + error.message;
    return tl::unexpected<Error>(std::move(error));
  };
  const auto text = read_file(file);
  if (!text) return named(text.error());
  auto schema = parse(*text, file.parent_path());
  if (!schema) return named(schema.error());
  return schema;
}

}  // namespace aisle
