// The commands' way to a running service: JSON over its admin listener.
#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "base/error.h"

namespace aisle {

// Which service is meant: an address, or that of a configuration file, or the default.
struct AdminPlace {
  std::string url;               // "http://127.0.0.1:8701"
  std::filesystem::path config;  // its admin listener; used when `url` is empty
};

// Each call makes a connection of its own. Errors:
//   Unavailable  nobody listens there, or the answer did not come in time
//   Internal     the answer is not JSON
//   others       what the service answered, with its message
class AdminClient {
 public:
  static constexpr std::chrono::seconds answer_wait{60};

  // InvalidArgument: the address or the configuration cannot be read.
  static Result<AdminClient> of(const AdminPlace& place);

  // `path` begins with '/': "/admin/v1/indexes/products/generations".
  Result<nlohmann::json> get(const std::string& path) const;
  Result<nlohmann::json> post(const std::string& path, const nlohmann::json& body) const;

  const std::string& url() const { return url_; }

 private:
  explicit AdminClient(std::string url) : url_(std::move(url)) {}

  std::string url_;
};

// "/admin/v1/indexes/<index>/<rest>" with the index percent-encoded.
std::string admin_path(const std::string& index, const std::string& rest);

// What most commands are: one exchange with the service whose answer is shown. Returns the exit code; errors
// are printed as report() does.
int ask_service(const AdminPlace& place,
                const std::function<Result<nlohmann::json>(const AdminClient&)>& exchange,
                const std::function<void(const nlohmann::json&)>& show);

}  // namespace aisle
