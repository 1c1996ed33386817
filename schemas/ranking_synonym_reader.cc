#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "schemas/ranking_reader.h"

namespace aisle {
namespace {

constexpr std::size_t phrase_bytes_max = 256;

SynonymConfig read_synonym(const JsonReader& reader) {
  SynonymConfig synonym;
  const bool one_way = reader.has("from") || reader.has("to");
  const std::string_view list = one_way ? "to" : "words";
  if (one_way) {
    reader.allow_only({"from", "to"});
    synonym.from = read_text(reader, "from", phrase_bytes_max, true);
  } else {
    reader.allow_only({"words"});
  }
  reader.member(list);
  synonym.words = read_texts(
      read_list(reader, list, one_way ? 1 : 2, RankingLimits::synonym_words_max, "words"), phrase_bytes_max);
  if (reader.ok() && std::ranges::find(synonym.words, synonym.from) != synonym.words.end())
    reader.member("to").fail(fmt::format(": \"{}\" leads to itself", synonym.from));
  return synonym;
}

}  // namespace

std::vector<SynonymConfig> read_synonyms(const JsonReader& root) {
  std::vector<SynonymConfig> synonyms;
  for (const JsonReader& element : read_list(root, "synonyms", 0, RankingLimits::synonyms_max, "entries"))
    synonyms.push_back(read_synonym(element));
  return synonyms;
}

std::vector<PopularQuery> read_queries(const JsonReader& root) {
  std::vector<PopularQuery> queries;
  for (const JsonReader& element : read_list(root, "queries", 0, RankingLimits::queries_max, "entries")) {
    element.allow_only({"q", "count"});
    PopularQuery& query = queries.emplace_back();
    query.q = read_text(element, "q", RankingLimits::query_bytes_max, true);
    query.count = element.integer_or("count", 1, 1, RankingLimits::query_count_max);
  }
  return queries;
}

}  // namespace aisle
