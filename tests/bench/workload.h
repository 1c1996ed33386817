// The benchmark's queries: a file with one JSON object a line. It has the members of a search request as it
// is posted to the service, `class` (what the query is counted under) and `peer` (the same for other engines;
// not read here).
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "query/search_request.h"

namespace aisle::bench {

struct Query {
  std::string query_class;
  SearchRequest request;
};

// In the order of the file. Errors name the line.
Result<std::vector<Query>> read_workload(const std::filesystem::path& file);

// The classes in the order in which they first come.
std::vector<std::string> classes_of(const std::vector<Query>& queries);

}  // namespace aisle::bench
