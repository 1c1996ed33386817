// PostgreSQL's own text search: a tsvector with a GIN index, B-tree indexes for prices, one statement a
// question. Statements are parameters only, so that plans fit the words. Typos: the words of a dictionary
// table that are near by trigrams (pg_trgm, GIN), then by the exact distance (fuzzystrmatch), joined into one
// tsquery.
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "peer.h"

namespace aisle::bench {
namespace {

using Connection = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Rows = std::unique_ptr<PGresult, decltype(&PQclear)>;

Rows run(PGconn* connection, const std::string& sql, const std::vector<std::string>& parameters = {}) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  Rows rows(PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                         nullptr, nullptr, 0),
            &PQclear);
  const ExecStatusType status = PQresultStatus(rows.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
    throw std::runtime_error(sql + ": " + PQerrorMessage(connection));
  return rows;
}

// A word as a quoted lexeme of a tsquery.
std::string lexeme(const std::string& word) {
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out + "'";
}

std::string misspelt(PGconn* connection, const std::string& word, int edits) {
  const Rows rows = run(connection,
                        "SELECT word FROM words WHERE word % $1 AND length(word) BETWEEN length($1) - "
                        "$2::int AND length($1) + $2::int"
                        " AND levenshtein_less_equal(word, $1, $2::int) <= $2::int ORDER BY "
                        "levenshtein_less_equal(word, $1, $2::int),"
                        " frequency DESC LIMIT 64",
                        {word, std::to_string(edits)});
  std::string any = lexeme(word);
  for (int i = 0; i < PQntuples(rows.get()); ++i) any += " | " + lexeme(PQgetvalue(rows.get(), i, 0));
  return "(" + any + ")";
}

std::string tsquery_of(PGconn* connection, const Ask& ask, bool bent) {
  std::string all;
  for (std::size_t i = 0; i < ask.words.size(); ++i) {
    const bool beginning = ask.prefix && i + 1 == ask.words.size();
    std::string one = bent && ask.edits[i] > 0 ? misspelt(connection, ask.words[i], ask.edits[i])
                                               : lexeme(ask.words[i]) + (beginning ? ":*" : "");
    if (bent && ask.edits[i] > 0 && beginning) one = "(" + one + " | " + lexeme(ask.words[i]) + ":*)";
    all += (all.empty() ? "" : " & ") + one;
  }
  return all;
}

std::string condition_of(const Ask& ask) {
  std::string where = ask.words.empty() ? "true" : "tokens @@ $1::tsquery";
  if (ask.high > 0)
    where += " AND price BETWEEN " + std::to_string(ask.low) + " AND " + std::to_string(ask.high);
  if (ask.in_stock) where += " AND in_stock = 1";
  if (!ask.category.empty()) where += " AND category = '" + ask.category + "'";
  return where;
}

Found search_once(PGconn* connection, const Ask& ask, bool bent) {
  const std::vector<std::string> parameters =
      ask.words.empty() ? std::vector<std::string>() : std::vector{tsquery_of(connection, ask, bent)};
  const std::string order = ask.sort.empty()
                                ? (ask.words.empty() ? "number" : "ts_rank(tokens, $1::tsquery) DESC, number")
                                : ask.sort + (ask.descending ? " DESC" : "") + ", number";
  // Matches once, for the count, the page and the facets.
  std::string columns = "number";
  if (ask.sort.empty() && !ask.words.empty()) columns += ", tokens";
  if (!ask.sort.empty()) columns += ", " + ask.sort;
  for (const std::string& facet : ask.facets) columns += ", " + facet;
  std::string sql = "WITH found AS MATERIALIZED (SELECT " + columns + " FROM products WHERE " +
                    condition_of(ask) + "), page AS (SELECT number, row_number() OVER (ORDER BY " + order +
                    ") AS place FROM found ORDER BY " + order + " LIMIT " + std::to_string(ask.k) +
                    ") SELECT 0 AS part, '' AS value, count(*) AS count, '' AS record FROM found"
                    " UNION ALL SELECT 1, id, place, record FROM page JOIN products USING (number)";
  for (std::size_t i = 0; i < ask.facets.size(); ++i)
    sql += " UNION ALL (SELECT " + std::to_string(2 + i) + ", " + ask.facets[i] +
           ", count(*), '' FROM found GROUP BY " + ask.facets[i] + " ORDER BY count(*) DESC, 2 LIMIT 10)";
  const Rows rows = run(connection, sql, parameters);
  Found found;
  found.facets.resize(ask.facets.size());
  for (int i = 0; i < PQntuples(rows.get()); ++i) {
    const int part = std::stoi(PQgetvalue(rows.get(), i, 0));
    const std::string value = PQgetvalue(rows.get(), i, 1);
    const std::uint64_t count = std::stoull(PQgetvalue(rows.get(), i, 2));
    if (part == 0) {
      found.total = count;
    } else if (part == 1) {
      found.ids.push_back(value);
      found.records.emplace_back(PQgetvalue(rows.get(), i, 3));
    } else {
      found.facets[static_cast<std::size_t>(part) - 2].emplace_back(value, count);
    }
  }
  return found;
}

Found search(PGconn* connection, const Ask& ask) {
  const bool bends = std::ranges::any_of(ask.edits, [](int edits) { return edits > 0; });
  Found found = search_once(connection, ask, ask.fallback == 0 && bends);
  if (bends && found.total < ask.fallback) found = search_once(connection, ask, true);
  return found;
}

}  // namespace
}  // namespace aisle::bench

// postgres_peer CONNECTION QUERIES.tsv; postgres.sql has filled the database.
int main(int argc, char** argv) {
  using namespace aisle::bench;
  if (argc != 3) return 2;
  const Connection connection(PQconnectdb(argv[1]), &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
  const Rows rows =
      run(connection.get(),
          "SELECT count(*), current_setting('server_version_num'), pg_backend_pid() FROM products");
  return serve({{"engine", std::string("PostgreSQL ") +
                               std::to_string(std::stoi(PQgetvalue(rows.get(), 0, 1)) / 10000)},
                {"products", std::stoll(PQgetvalue(rows.get(), 0, 0))},
                {"pid", std::stoi(PQgetvalue(rows.get(), 0, 2))}},
               read_asks(argv[2]), [&](const Ask& ask) { return search(connection.get(), ask); });
}
