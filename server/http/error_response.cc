#include "server/http/error_response.h"

#include "base/utf8.h"

namespace aisle {

HttpResponse error_response(int status, std::string_view code, std::string_view message,
                            std::string_view request_id) {
  HttpResponse response;
  response.status = status;
  response.body = R"({"error":{"code":)";
  append_json_string(response.body, code);
  response.body += R"(,"message":)";
  append_json_string(response.body, message);
  response.body += R"(,"request_id":)";
  append_json_string(response.body, request_id);
  response.body += "}}";
  if (status == 429 || status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace aisle
