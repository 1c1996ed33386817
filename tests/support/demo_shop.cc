#include "tests/support/demo_shop.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/eventually.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {
namespace {

namespace fs = std::filesystem;

const fs::path demo = fs::path(AISLE_SOURCE_DIR) / "data" / "demo";

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

void generate(const std::string& format, const fs::path& out) {
  run("python3 -B '" + (demo / "generate.py").string() + "' --format " + format + " --out '" + out.string() +
      "' >/dev/null");
}

void load(const std::string& conninfo) {
  const TemporaryFolder csv;
  generate("sql", csv.path());
  const std::string psql = "psql -X -q -v ON_ERROR_STOP=1 -d '" + conninfo + "' ";
  run(psql + "-f '" + (demo / "shop.sql").string() + "'");
  run(psql + "-v dir='" + csv.path().string() + "' -f '" + (demo / "load.sql").string() + "' >/dev/null");
}

nlohmann::json demo_schema() {
  std::ifstream in(demo / "products.json");
  return nlohmann::json::parse(in);
}

}  // namespace

void write_demo_records(const fs::path& jsonl) {
  generate("jsonl", jsonl);
}

std::string DemoShop::unavailable() {
  if (std::string why = PostgresServer::unavailable(); !why.empty()) return why;
  return std::system("python3 -c '' && psql --version >/dev/null") == 0 ? ""
                                                                        : "python3 or psql is not installed";
}

DemoShop::DemoShop() : database_(PostgresServer::shared().create_database()) {
  load(conninfo());
  reconnect();
}

DemoShop::~DemoShop() {
  SqlSession ending(PostgresServer::shared().conninfo());
  const std::string slots = "pg_replication_slots WHERE database = '" + database_ + "'";
  eventually([&] { return ending.value("SELECT count(*) FROM " + slots + " AND active") == "0"; });
  ending.exec("SELECT pg_drop_replication_slot(slot_name) FROM " + slots);
}

std::string DemoShop::conninfo() const {
  return PostgresServer::shared().conninfo(database_);
}

void DemoShop::reconnect() {
  session_ = std::make_unique<SqlSession>(conninfo());
}

fs::path DemoShop::write_config(const fs::path& folder) const {
  const fs::path file = folder / "aisle.json";
  const nlohmann::json config = {
      {"indexes", {{{"schema", (demo / "products.json").string()}, {"connection", conninfo()}}}}};
  std::ofstream(file) << config.dump(2);
  return file;
}

std::map<std::string, nlohmann::json> DemoShop::products() {
  auto query = demo_schema()["source"]["document_query"].get<std::string>();
  constexpr std::string_view parameter = "$1::bigint[]";
  for (std::size_t at = 0; (at = query.find(parameter)) != std::string::npos;) {
    query.replace(at, parameter.size(), "ARRAY(SELECT id FROM products)");
  }
  std::map<std::string, nlohmann::json> found;
  for (const SqlSession::Row& row : session_->query("SELECT d.id, row_to_json(d) FROM (" + query + ") d")) {
    found.emplace(row[0], nlohmann::json::parse(row[1]));
  }
  return found;
}

}  // namespace aisle::test
