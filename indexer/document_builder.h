// A product's record becomes the document that shards keep: tokens, column cells and the JSON to return.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/error.h"
#include "schemas/index_schema.h"
#include "schemas/op.h"

namespace aisle {

// The volatile part of a product alone.
struct VolatileValues {
  std::string id;
  std::vector<NumberCell>
      numbers;  // ordered by field; missing_number for null, left out when not in the record
};

// Pure and immutable: the same record gives the same document; any number of threads may use one builder.
class DocumentBuilder {
 public:
  static constexpr std::size_t record_bytes_max = 4U << 20U;  // of the record's JSON text
  static constexpr std::size_t stored_bytes_max = 1U << 20U;  // of Document::stored
  static constexpr std::size_t id_bytes_max = 128;
  static constexpr std::uint32_t element_gap = 8;  // positions left free between the elements of an array

  // InvalidArgument when a language of the schema is not known.
  static Result<std::shared_ptr<const DocumentBuilder>> create(std::shared_ptr<const IndexSchema> schema);

  // `record` is one JSON object. Members that the schema does not name are stored as they are; null and
  // missing members are absent. Text beyond Analyzer::text_bytes_max of a field is not searched.
  //   InvalidArgument  not a JSON object, a bad id, or a value of the wrong kind; names field, value and
  //   limit TooLarge         record_bytes_max, stored_bytes_max, or the limits of keyword_value.h
  Result<Document> build(std::string_view record) const;

  // Reads the id and the volatile fields only; errors as above.
  Result<VolatileValues> build_values(std::string_view record) const;

  const IndexSchema& schema() const { return *schema_; }

 private:
  struct FieldPlan {
    const Field* field;
    std::vector<std::string> path;             // members to walk, from the record
    std::shared_ptr<const Analyzer> analyzer;  // of search fields that hold words, else null
    bool stored;                               // keeps its place in Document::stored
  };

  explicit DocumentBuilder(std::shared_ptr<const IndexSchema> schema) : schema_(std::move(schema)) {}

  std::shared_ptr<const IndexSchema> schema_;
  std::vector<FieldPlan> plans_;  // in the order of IndexSchema::fields

  friend class DocumentWork;
};

// 1 to 128 bytes of valid UTF-8 without control characters; the error names the field `name`.
Status check_product_id(std::string_view name, std::string_view id);

}  // namespace aisle
