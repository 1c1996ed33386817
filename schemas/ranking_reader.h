// Reads the parts of a ranking document. Errors are left in the reader's sink.
#pragma once
#include <string>
#include <vector>

#include "schemas/json_reader.h"
#include "schemas/ranking.h"

namespace aisle {

RankingProfile read_profile(const JsonReader& profile);
// The members "rules" and "synonyms" of the document.
std::vector<Rule> read_rules(const JsonReader& root);
// As written; that words lead to each other in a ring is found once they are analysed (query/synonyms.h).
std::vector<SynonymConfig> read_synonyms(const JsonReader& root);

std::vector<PopularQuery> read_queries(const JsonReader& root);

// A member of 1 to `bytes_max` bytes; `required` or "" when it is not given.
std::string read_text(const JsonReader& object, std::string_view name, std::size_t bytes_max, bool required);
// An array's elements, an error when there are fewer than `low` or more than `high` of `what`.
std::vector<JsonReader> read_list(const JsonReader& object, std::string_view name, std::size_t low,
                                  std::size_t high, std::string_view what);
// Elements of a list, each a text of 1 to `bytes_max` bytes, none twice.
std::vector<std::string> read_texts(const std::vector<JsonReader>& elements, std::size_t bytes_max);

inline constexpr std::size_t product_id_bytes_max = 128;

}  // namespace aisle
