// Sphinx 2.2 over its SQL protocol on a socket: one statement with its facets, then its count of matches. It
// has no fuzzy operator, so typos are not asked of it. sphinx_peer SOCKET QUERIES.tsv; Sphinx of peers.py
// runs the server.
#include <mysql.h>

#include <memory>
#include <stdexcept>

#include "peer.h"

namespace aisle::bench {
namespace {

// Groups beyond it are not counted exactly: more than any facet has values.
constexpr std::size_t values_max = 10000;

class Sphinx {
 public:
  explicit Sphinx(const std::string& socket) : mysql_(mysql_init(nullptr), &mysql_close) {
    if (mysql_real_connect(mysql_.get(), nullptr, "", "", "", 0, socket.c_str(), CLIENT_MULTI_STATEMENTS) ==
        nullptr)
      throw std::runtime_error(mysql_error(mysql_.get()));
  }

  // Calls `use(result set number, row)` for each row of a statement.
  template <class Use>
  void run(const std::string& sql, const Use& use) {
    if (mysql_real_query(mysql_.get(), sql.data(), sql.size()) != 0)
      throw std::runtime_error(sql + ": " + mysql_error(mysql_.get()));
    for (std::size_t set = 0;; ++set) {
      const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> rows(mysql_store_result(mysql_.get()),
                                                                          &mysql_free_result);
      while (rows) {
        MYSQL_ROW row = mysql_fetch_row(rows.get());
        if (row == nullptr) break;
        use(set, row);
      }
      if (mysql_next_result(mysql_.get()) != 0) return;
    }
  }

  Found search(const Ask& ask) {
    Found found;
    found.facets.resize(ask.facets.size());
    run(statement(ask), [&](std::size_t set, MYSQL_ROW row) {
      if (set == 0) {
        found.ids.push_back("t" + std::string(row[0]));
        found.records.emplace_back(row[1]);
      } else {
        found.facets[set - 1].emplace_back(row[0], std::stoull(row[1]));
      }
    });
    run("SHOW META LIKE 'total_found'",
        [&](std::size_t, MYSQL_ROW row) { found.total = std::stoull(row[1]); });
    return found;
  }

 private:
  static std::string match_of(const Ask& ask) {
    std::string match = ask.words.empty() ? "" : "@tokens";
    for (std::size_t i = 0; i < ask.words.size(); ++i) {
      match += ' ';
      for (const char c : ask.words[i]) {
        if (c == '\'' || c == '.' || c == '+' || c == '#') match += "\\\\";  // for SQL, then for the query
        match += c;
      }
      if (ask.prefix && i + 1 == ask.words.size()) match += "*";
    }
    // A word of a field of its own: attributes have no index.
    if (!ask.category.empty()) match += " @category_word " + ask.category;
    return match;
  }

  static std::string statement(const Ask& ask) {
    std::string where;
    const auto add = [&](const std::string& test) { where += (where.empty() ? " WHERE " : " AND ") + test; };
    if (!ask.words.empty() || !ask.category.empty()) add("MATCH('" + match_of(ask) + "')");
    if (ask.high > 0) add("price BETWEEN " + std::to_string(ask.low) + " AND " + std::to_string(ask.high));
    if (ask.in_stock) add("in_stock = 1");
    std::string sql = "SELECT id, record FROM products" + where;
    if (!ask.sort.empty()) sql += " ORDER BY " + ask.sort + (ask.descending ? " DESC" : " ASC");
    sql += " LIMIT " + std::to_string(ask.k) +
           " OPTION max_matches=" + std::to_string(ask.facets.empty() ? ask.k : values_max) +
           ", ranker=" + (ask.sort.empty() ? "bm25" : "none");
    for (const std::string& facet : ask.facets) sql += " FACET " + facet + " ORDER BY COUNT(*) DESC LIMIT 10";
    return sql;
  }

  std::unique_ptr<MYSQL, decltype(&mysql_close)> mysql_;
};

}  // namespace
}  // namespace aisle::bench

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  aisle::bench::Sphinx sphinx(argv[1]);
  return aisle::bench::serve({{"engine", "Sphinx 2.2.11"}}, aisle::bench::read_asks(argv[2]),
                             [&](const aisle::bench::Ask& ask) { return sphinx.search(ask); });
}
