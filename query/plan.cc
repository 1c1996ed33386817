#include "query/plan.h"

namespace aisle {

std::string_view kind_name(MatchKind kind) {
  switch (kind) {
    case MatchKind::Literal:
      return "literal";
    case MatchKind::Stem:
      return "stem";
    case MatchKind::Synonym:
      return "synonym";
    case MatchKind::Prefix:
      return "prefix";
    case MatchKind::Typo:
      return "typo";
  }
  return "literal";
}

std::vector<const Field*> search_fields(const IndexSchema& schema) {
  std::vector<const Field*> fields;
  for (const Field& field : schema.fields) {
    if (field.search) fields.push_back(&field);
  }
  return fields;
}

}  // namespace aisle
