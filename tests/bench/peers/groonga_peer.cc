// Groonga in process: an inverted index of words without positions over a Patricia trie, reference columns
// for facets, and an index of prices. groonga_peer DATABASE QUERIES.tsv; GroongaPeer of peers.py has filled
// the database.
#include <groonga.h>

#include <algorithm>
#include <stdexcept>

#include "peer.h"

namespace aisle::bench {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string word_of(const Ask& ask, std::size_t i, bool bent) {
  const std::string word = quoted(ask.words[i]);
  const std::string beginning = "(tokens @^ " + word + ")";
  const bool last = ask.prefix && i + 1 == ask.words.size();
  if (!bent || ask.edits[i] == 0) return last ? beginning : "(tokens @ " + word + ")";
  const std::string near = "fuzzy_search(tokens, " + word +
                           ", {\"max_distance\": " + std::to_string(ask.edits[i]) +
                           ", \"prefix_length\": 1, \"max_expansion\": 64, \"with_transposition\": true})";
  return last ? "(" + near + " || " + beginning + ")" : near;
}

std::string filter_of(const Ask& ask, bool bent) {
  std::string all;
  const auto add = [&](const std::string& test) { all += (all.empty() ? "" : " && ") + test; };
  for (std::size_t i = 0; i < ask.words.size(); ++i) add(word_of(ask, i, bent));
  if (!ask.category.empty()) add("category == " + quoted(ask.category));
  if (ask.high > 0) add("price >= " + std::to_string(ask.low) + " && price <= " + std::to_string(ask.high));
  if (ask.in_stock) add("in_stock == 1");
  return all;
}

class Groonga {
 public:
  explicit Groonga(const std::string& database) {
    grn_init();
    grn_ctx_init(&context_, 0);
    if (grn_db_open(&context_, database.c_str()) == nullptr)
      throw std::runtime_error("cannot open " + database);
  }

  nlohmann::json command(const std::string& text) {
    grn_ctx_send(&context_, text.data(), static_cast<unsigned>(text.size()), 0);
    if (context_.rc != GRN_SUCCESS) throw std::runtime_error(text + ": " + context_.errbuf);
    char* answer = nullptr;
    unsigned length = 0;
    int flags = 0;
    grn_ctx_recv(&context_, &answer, &length, &flags);
    return nlohmann::json::parse(answer, answer + length);
  }

  Found search(const Ask& ask, bool bent) {
    std::string text = "select Products --cache no --limit " + std::to_string(ask.k) +
                       " --output_columns id,record --filter " + quoted(filter_of(ask, bent));
    text += " --sort_keys " +
            (ask.sort.empty() ? std::string("-_score") : (ask.descending ? "-" : "") + ask.sort);
    for (std::size_t i = 0; i < ask.facets.size(); ++i)
      text += (i == 0 ? " --drilldown " : ",") + ask.facets[i];
    if (!ask.facets.empty()) text += " --drilldown_sort_keys -_nsubrecs --drilldown_limit 10";
    const nlohmann::json answer = command(text);
    Found found{.total = answer[0][0][0].get<std::uint64_t>(), .ids = {}, .records = {}, .facets = {}};
    for (std::size_t row = 2; row < answer[0].size(); ++row) {
      found.ids.push_back(answer[0][row][0].get<std::string>());
      found.records.push_back(answer[0][row][1].get<std::string>());
    }
    for (std::size_t i = 1; i < answer.size(); ++i) {
      auto& values = found.facets.emplace_back();
      for (std::size_t row = 2; row < answer[i].size(); ++row)
        values.emplace_back(answer[i][row][0].get<std::string>(), answer[i][row][1].get<std::uint64_t>());
    }
    return found;
  }

  Found ask(const Ask& ask) {
    const bool bends = std::ranges::any_of(ask.edits, [](int edits) { return edits > 0; });
    Found found = search(ask, ask.fallback == 0 && bends);
    if (bends && found.total < ask.fallback) found = search(ask, true);
    return found;
  }

 private:
  grn_ctx context_;
};

}  // namespace
}  // namespace aisle::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  aisle::bench::Groonga groonga(argv[1]);
  const auto products = groonga.command("select Products --limit 0 --cache no")[0][0][0];
  return aisle::bench::serve(
      {{"engine", std::string("Groonga ") + grn_get_version()}, {"products", products}},
      aisle::bench::read_asks(argv[2]), [&](const aisle::bench::Ask& ask) { return groonga.ask(ask); });
}
