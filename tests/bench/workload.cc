#include "workload.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "server/search_wire.h"

namespace aisle::bench {

Result<std::vector<Query>> read_workload(const std::filesystem::path& file) {
  std::ifstream lines(file);
  if (!lines) return fail(ErrorCode::InvalidArgument, "there is no workload " + file.string());
  std::vector<Query> queries;
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    nlohmann::json members = nlohmann::json::parse(line, nullptr, false);
    if (!members.is_object())
      return fail(ErrorCode::InvalidArgument,
                  file.string() + ":" + std::to_string(number) + ": no JSON object");
    Query query{.query_class = members.value("class", "all"), .request = {}};
    members.erase("class");
    members.erase("peer");
    auto request = parse_search_body(members.dump());
    if (!request)
      return fail(ErrorCode::InvalidArgument,
                  file.string() + ":" + std::to_string(number) + ": " + request.error().message);
    query.request = *std::move(request);
    queries.push_back(std::move(query));
  }
  if (queries.empty()) return fail(ErrorCode::InvalidArgument, file.string() + " holds no query");
  return queries;
}

std::vector<std::string> classes_of(const std::vector<Query>& queries) {
  std::vector<std::string> classes;
  for (const Query& query : queries) {
    if (std::ranges::find(classes, query.query_class) == classes.end()) classes.push_back(query.query_class);
  }
  return classes;
}

}  // namespace aisle::bench
