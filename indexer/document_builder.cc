#include "indexer/document_builder.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "analyzers/base_units.h"
#include "base/utf8.h"
#include "indexer/keyword_value.h"
#include "schemas/json_reader.h"
#include "schemas/number_value.h"
#include "schemas/quantity_term.h"

namespace aisle {
namespace {

// "/specs/a~1b" gives {"specs", "a/b"}.
std::vector<std::string> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      parts.emplace_back();
    } else if (!parts.empty()) {
      const bool escaped = pointer[i] == '~' && i + 1 < pointer.size();
      parts.back() += !escaped ? pointer[i] : pointer[++i] == '1' ? '/' : '~';
    }
  }
  return parts;
}

// One step into an object or an array; nullptr when there is nothing.
nlohmann::json* step(nlohmann::json& value, const std::string& part) {
  if (value.is_object()) {
    const auto found = value.find(part);
    return found == value.end() ? nullptr : &*found;
  }
  if (!value.is_array() || part.empty() || part.size() > 9) return nullptr;
  std::size_t index = 0;
  for (const char c : part) {
    if (c < '0' || c > '9') return nullptr;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  return index < value.size() ? &value[index] : nullptr;
}

nlohmann::json* resolve(nlohmann::json& record, const std::vector<std::string>& path) {
  nlohmann::json* value = &record;
  for (const std::string& part : path) {
    value = step(*value, part);
    if (value == nullptr) return nullptr;
  }
  return value;
}

// Members of objects vanish; array elements become null, so that the others keep their places.
void remove(nlohmann::json& record, const std::vector<std::string>& path) {
  nlohmann::json* parent = &record;
  for (std::size_t i = 0; i + 1 < path.size() && parent != nullptr; ++i) parent = step(*parent, path[i]);
  if (parent == nullptr || path.empty()) return;
  if (parent->is_object()) {
    parent->erase(path.back());
  } else if (nlohmann::json* element = step(*parent, path.back())) {
    *element = nullptr;
  }
}

Result<nlohmann::json> read_record(std::string_view text) {
  AISLE_TRY(auto record, parse_json(text, JsonLimits{.bytes_max = DocumentBuilder::record_bytes_max}));
  if (!record.is_object()) return fail(ErrorCode::InvalidArgument, "the record is not a JSON object");
  return record;
}

Result<std::string> read_id(const std::string& name, const nlohmann::json& record) {
  const auto found = record.find(name);
  if (found == record.end() || found->is_null()) {
    return fail(ErrorCode::InvalidArgument, name + " is missing, every product needs an id");
  }
  if (!found->is_string() && !found->is_number_integer()) {
    return fail(ErrorCode::InvalidArgument,
                name + " is " + shown_value(*found) + ", expected a text or a whole number");
  }
  std::string id = found->is_string() ? found->get<std::string>() : dump_json(*found);
  AISLE_CHECK(check_product_id(name, id));
  return id;
}

// Collects the tokens of a field's elements one behind the other, a gap between.
class TokenCollector {
 public:
  void add_words(const Analyzer& analyzer, std::string_view text) {
    std::vector<Token> tokens = analyzer.index_tokens(text);
    if (tokens.empty()) return;
    tokens_.reserve(tokens_.size() + tokens.size());
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      Token& token = tokens[i];
      const bool base = is_base_unit(tokens, i);
      last = std::max(last, token.position);
      tokens_.push_back({std::move(token.text), next_ + token.position, base});
    }
    next_ += last + 1 + DocumentBuilder::element_gap;
  }

  // A code or a quantity.
  void add_whole(const std::string& term) {
    tokens_.push_back({term, next_, true});
    next_ += 1 + DocumentBuilder::element_gap;
  }

  std::vector<IndexToken> take() { return std::move(tokens_); }

 private:
  std::vector<IndexToken> tokens_;
  std::uint32_t next_ = 0;
};

void add_tokens(const Field& field, TokenCollector& collector, Document& document) {
  std::vector<IndexToken> tokens = collector.take();
  if (!tokens.empty()) document.texts.push_back({field.number, std::move(tokens)});
}

void add_column(const Field& field, std::vector<std::string> values, Document& document) {
  if (!field.has_column() || values.empty()) return;
  std::ranges::sort(values);
  values.erase(std::unique(values.begin(), values.end()), values.end());
  document.keywords.push_back({field.number, std::move(values)});
}

}  // namespace

// Fills a document field by field; `value` is neither missing nor null.
class DocumentWork {
 public:
  using FieldPlan = DocumentBuilder::FieldPlan;

  explicit DocumentWork(Document& document) : document_(document) {}

  Status add(const FieldPlan& plan, const nlohmann::json& value) {
    const Field& field = *plan.field;
    switch (field.type) {
      case FieldType::Text:
        return add_text(plan, value);
      case FieldType::Keyword:
        return add_keyword(plan, value);
      case FieldType::Code:
        return add_code(field, value);
      case FieldType::Hierarchy:
        return add_hierarchy(plan, value);
      case FieldType::Int:
      case FieldType::Decimal:
      case FieldType::Bool:
      case FieldType::Date:
        return add_number(field, value);
    }
    return {};
  }

 private:
  Status add_text(const FieldPlan& plan, const nlohmann::json& value) {
    TokenCollector collector;
    std::size_t bytes_left = Analyzer::text_bytes_max;
    const std::size_t count = value.is_array() ? value.size() : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const nlohmann::json& part = value.is_array() ? value[i] : value;
      if (part.is_null()) continue;
      if (!part.is_string() && !part.is_number()) {
        return fail(ErrorCode::InvalidArgument,
                    plan.field->name + " is " + shown_value(part) + ", expected a text or an array of texts");
      }
      if (plan.analyzer == nullptr || bytes_left == 0) continue;
      const std::string number = part.is_string() ? std::string() : dump_json(part);
      const std::string_view text = cut_utf8(
          part.is_string() ? std::string_view(part.get_ref<const std::string&>()) : number, bytes_left);
      bytes_left -= text.size();
      collector.add_words(*plan.analyzer, text);
    }
    add_tokens(*plan.field, collector, document_);
    return {};
  }

  void add_value_words(const FieldPlan& plan, const std::vector<std::string>& values) {
    if (plan.analyzer == nullptr) return;
    TokenCollector collector;
    for (const std::string& value : values) collector.add_words(*plan.analyzer, value);
    add_tokens(*plan.field, collector, document_);
  }

  Status add_keyword(const FieldPlan& plan, const nlohmann::json& value) {
    AISLE_TRY(auto values, keyword_values(*plan.field, value));
    add_value_words(plan, values);
    add_column(*plan.field, std::move(values), document_);
    return {};
  }

  Status add_code(const Field& field, const nlohmann::json& value) {
    AISLE_TRY(auto codes, code_values(field, value));
    if (field.search) {
      TokenCollector collector;
      for (const std::string& code : codes) collector.add_whole(code);
      add_tokens(field, collector, document_);
    }
    add_column(field, std::move(codes), document_);
    return {};
  }

  Status add_hierarchy(const FieldPlan& plan, const nlohmann::json& value) {
    AISLE_TRY(const auto paths, hierarchy_paths(*plan.field, value));
    add_value_words(plan, paths);
    std::vector<std::string> all;
    for (const std::string& path : paths) {
      for (std::string& ancestor : ancestors(*plan.field, path)) all.push_back(std::move(ancestor));
    }
    add_column(*plan.field, std::move(all), document_);
    return {};
  }

  Status add_number(const Field& field, const nlohmann::json& value) {
    AISLE_TRY(const std::int64_t number, number_value(field, value));
    if (field.search && number != missing_number) {
      TokenCollector collector;
      if (const auto term = quantity_term(field, number)) collector.add_whole(*term);
      add_tokens(field, collector, document_);
    }
    if (field.has_column() && number != missing_number) document_.numbers.push_back({field.number, number});
    return {};
  }

  Document& document_;
};

Status check_product_id(std::string_view name, std::string_view id) {
  const auto refuse = [&](const std::string& sentence) {
    return fail(ErrorCode::InvalidArgument, std::string(name) + " " + sentence);
  };
  if (id.empty()) return refuse("is \"\", expected 1 to 128 bytes");
  if (id.size() > DocumentBuilder::id_bytes_max) {
    return refuse("has " + std::to_string(id.size()) + " bytes, the limit is " +
                  std::to_string(DocumentBuilder::id_bytes_max));
  }
  const bool control =
      std::ranges::any_of(id, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; });
  if (control) return refuse("contains a control character");
  if (!is_valid_utf8(id)) return refuse("is not valid UTF-8");
  return {};
}

Result<std::shared_ptr<const DocumentBuilder>> DocumentBuilder::create(
    std::shared_ptr<const IndexSchema> schema) {
  std::shared_ptr<DocumentBuilder> builder(new DocumentBuilder(std::move(schema)));
  std::map<std::string, std::shared_ptr<const Analyzer>> analyzers;
  const IndexSchema& fields = *builder->schema_;
  for (const Field& field : fields.fields) {
    FieldPlan plan{&field, pointer_parts(field.path), nullptr, field.stored && !field.volatile_value};
    if (plan.path.empty()) plan.path.push_back(field.name);
    if (field.search && (field.type == FieldType::Text || field.is_keyword())) {
      const std::string& language = field.language.empty() ? fields.language : field.language;
      auto& analyzer = analyzers[language];
      if (analyzer == nullptr) {
        AISLE_TRY(analyzer, Analyzer::create(language));
      }
      plan.analyzer = analyzer;
    }
    builder->plans_.push_back(std::move(plan));
  }
  // two fields may read one value: it stays as long as one of them wants it stored
  for (FieldPlan& plan : builder->plans_) {
    plan.stored = std::ranges::any_of(builder->plans_, [&](const FieldPlan& other) {
      return other.path == plan.path && other.field->stored && !other.field->volatile_value;
    });
  }
  return builder;
}

Result<Document> DocumentBuilder::build(std::string_view text) const {
  AISLE_TRY(nlohmann::json record, read_record(text));
  Document document;
  AISLE_TRY(document.id, read_id(schema_->id_field, record));
  DocumentWork work(document);
  for (const FieldPlan& plan : plans_) {
    const nlohmann::json* value = resolve(record, plan.path);
    if (value != nullptr && !value->is_null()) AISLE_CHECK(work.add(plan, *value));
  }
  for (const FieldPlan& plan : plans_) {
    if (!plan.stored) remove(record, plan.path);
  }
  document.stored = dump_json(record);
  if (document.stored.size() > stored_bytes_max) {
    return fail(ErrorCode::TooLarge, "the stored record has " + std::to_string(document.stored.size()) +
                                         " bytes, the limit is " + std::to_string(stored_bytes_max));
  }
  return document;
}

Result<VolatileValues> DocumentBuilder::build_values(std::string_view text) const {
  AISLE_TRY(nlohmann::json record, read_record(text));
  VolatileValues values;
  AISLE_TRY(values.id, read_id(schema_->id_field, record));
  for (const FieldPlan& plan : plans_) {
    if (!plan.field->volatile_value) continue;
    const nlohmann::json* value = resolve(record, plan.path);
    if (value == nullptr) continue;
    AISLE_TRY(const std::int64_t number, number_value(*plan.field, *value));
    values.numbers.push_back({plan.field->number, number});
  }
  return values;
}

}  // namespace aisle
