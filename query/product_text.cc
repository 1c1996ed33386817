#include "query/product_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "analyzers/lower_case.h"
#include "query/plan.h"

namespace aisle {

std::string text_at(const nlohmann::json& product, const Field& field) {
  const auto pointer = nlohmann::json::json_pointer(field.path);
  if (!product.contains(pointer)) return "";
  const nlohmann::json& value = product.at(pointer);
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number()) return value.dump();
  if (!value.is_array()) return "";
  std::string text;
  for (const nlohmann::json& element : value) {
    if (!element.is_string()) continue;
    if (!text.empty()) text += ", ";
    text += element.get_ref<const std::string&>();
  }
  return text;
}

std::map<std::string, std::string> spellings_of(const std::vector<std::string>& terms,
                                                std::string_view product, const IndexContext& context) {
  std::map<std::string, std::string> spellings;
  const nlohmann::json parsed = nlohmann::json::parse(product, nullptr, false);
  if (!parsed.is_object()) return spellings;
  for (const Field* field : search_fields(*context.schema)) {
    const int stemmer = context.stemmer_of_field[field->number];
    if (stemmer < 0) continue;
    const std::string text = text_at(parsed, *field);
    for (const Token& token : context.stemmers[static_cast<std::size_t>(stemmer)]->index_tokens(text)) {
      if (token.kind == TokenKind::Joined || std::ranges::find(terms, token.text) == terms.end()) continue;
      spellings.try_emplace(token.text,
                            lower_case(std::string_view(text).substr(token.begin, token.end - token.begin)));
    }
  }
  return spellings;
}

}  // namespace aisle
