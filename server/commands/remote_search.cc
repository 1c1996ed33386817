#include <httplib.h>

#include <cstdio>

#include "server/commands/commands.h"

namespace aisle {
namespace {

httplib::Params parameters_of(const SearchOptions& options) {
  const auto joined = [](const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
    return text;
  };
  httplib::Params parameters = {{"q", options.q},
                                {"page", std::to_string(options.page)},
                                {"per_page", std::to_string(options.per_page)}};
  if (!options.filter.empty()) parameters.emplace("filter", options.filter);
  if (!options.facets.empty()) parameters.emplace("facets", joined(options.facets));
  if (!options.sort.empty()) parameters.emplace("sort", joined(options.sort));
  if (options.explain) parameters.emplace("explain", "true");
  return parameters;
}

}  // namespace

int remote_search(const SearchOptions& options) {
  constexpr int seconds_max = 5;
  httplib::Client client(options.url);
  if (!client.is_valid())
    return report({ErrorCode::InvalidArgument, "\"" + options.url + "\" is no http:// address"});
  client.set_connection_timeout(seconds_max);
  client.set_read_timeout(seconds_max);
  const std::string path =
      httplib::append_query_params("/v1/indexes/" + options.index + "/search", parameters_of(options));
  const httplib::Result answer = client.Get(path.c_str());
  if (!answer)
    return report({ErrorCode::Unavailable, options.url + ": " + httplib::to_string(answer.error())});
  std::printf("%s\n", answer->body.c_str());
  return answer->status == 200 ? 0 : 1;
}

}  // namespace aisle
