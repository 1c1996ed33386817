// The catalogue schema of one index: its fields, what each is for, and where the products come from.
// File format: docs/schema.md and schemas/index_schema.schema.json. Immutable once read; share freely.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"

namespace aisle {

enum class FieldType : std::uint8_t { Text, Keyword, Code, Int, Decimal, Bool, Date, Hierarchy };
std::string_view type_name(FieldType type);

// Numbers of every type live in columns as 64-bit integers:
//   Int as it is · Decimal times 10^decimals, rounded half away from zero · Bool 0/1 · Date seconds since
//   1970 UTC.
struct Field {
  std::string name;
  std::uint16_t number = 0;  // position in IndexSchema::fields; part of stored formats, so part of the hash
  FieldType type = FieldType::Text;
  bool search = false;  // text, keyword, code, hierarchy: words are found; int, decimal: quantities
  bool facet = false;   // all but text
  bool filter = false;  // all but text; `facet` implies it
  bool sort = false;    // single-valued keyword, int, decimal, bool, date
  bool stored = true;   // returned in answers
  bool infix = false;   // of type code: found by its parts, too; not part of the hash
  bool volatile_value =
      false;  // "volatile": int, decimal, bool, date that change often, without touching the text
  std::string
      unit;  // of int and decimal with search: quantities in it are found, folded as in the unit table
  std::string label;  // words beside such a quantity that name it; those of the name unless given; not of the
                      // hash
  int weight = 1;     // 1..100, of a hit in this field against other fields
  int decimals = 2;   // 0..6, of type decimal
  std::string language;           // of the analyzer; the index's language unless given
  std::string path;               // JSON pointer of the value in the record; "/<name>" unless given
  std::string separator = " > ";  // of type hierarchy, between levels

  bool is_number() const {
    return type == FieldType::Int || type == FieldType::Decimal || type == FieldType::Bool ||
           type == FieldType::Date;
  }
  // Its values are texts of some language.
  bool has_words() const { return type == FieldType::Text || is_keyword(); }
  // Keyword and hierarchy values, kept as dictionary codes; a product may have several.
  bool is_keyword() const { return type == FieldType::Keyword || type == FieldType::Hierarchy; }
  bool has_column() const {
    return (facet || filter || sort || volatile_value) &&
           (is_number() || is_keyword() || type == FieldType::Code);
  }
};

struct FileSource {
  std::filesystem::path path;  // relative to the schema file; .jsonl, .csv, .tsv, each also .gz
};

// A table whose rows make up products. Exactly one way to find the products of a changed row.
struct SourceTable {
  std::string table;        // "public.prices"
  std::string root_column;  // the row carries the product's id in this column, or
  std::string path_query;   // SQL: the changed rows' keys as $1 (text[] of `key`) -> product ids, one column
  std::string key = "id";   // the column whose values go into path_query
  bool only_volatile = false;  // its rows feed volatile fields alone: volatile_query answers a change
};

struct PostgresSource {
  std::string connection;   // libpq conninfo or URI; the service configuration may override it
  std::string slot;         // default "aisle_<index>"
  std::string publication;  // default "aisle_<index>"
  std::string root_table;   // "public.products"
  std::string root_id = "id";
  std::string document_query;       // rows for `= ANY($1)` (text[] of ids); must return the id field
  std::string volatile_query;       // same, id and volatile fields only; "" = use document_query
  std::vector<SourceTable> tables;  // joined tables, without the root table
};

using Source = std::variant<std::monostate, FileSource, PostgresSource>;

struct IndexSchema {
  static constexpr std::size_t fields_max = 200;
  static constexpr std::size_t search_fields_max = 32;
  static constexpr std::size_t synonym_groups_max = 10'000;
  static constexpr std::size_t synonym_words_max = 32;  // of a group

  std::string index;            // [a-z][a-z0-9_-]{0,63}
  std::string id_field = "id";  // of a record; string or integer
  std::string language = "en";
  std::vector<Field> fields;  // in the order of their names
  // Groups of single words that mean the same; nothing: those of the language. Not part of the hash.
  std::optional<std::vector<std::vector<std::string>>> synonyms;
  Source source;
  std::string text;  // as it was read; a generation keeps it
  std::string hash;  // 16 hex digits over everything that decides the stored content and the analyzer version

  const Field* find(std::string_view name) const;  // nullptr when there is none
  std::vector<std::string> field_names() const;

  // A relative FileSource path is taken to be relative to `folder`. InvalidArgument with JSON pointer and
  // nearest valid name.
  static Result<std::shared_ptr<const IndexSchema>> parse(std::string_view text,
                                                          const std::filesystem::path& folder = {});
  // Reads the file; its folder is that of relative paths. Errors start with the file name.
  static Result<std::shared_ptr<const IndexSchema>> load(const std::filesystem::path& file);
};

}  // namespace aisle
