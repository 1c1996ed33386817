// A folder of pages, read into memory once and served from there: no request ever names a file on disk.
#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "server/http/http_message.h"
#include "server/http/http_server.h"

namespace aisle {

// Immutable once loaded; thread-safe.
class StaticFiles {
 public:
  static constexpr std::size_t files_max = 2000;
  static constexpr std::size_t bytes_max = std::size_t{64} << 20U;  // of all files together

  // NotFound if `folder` is none, TooLarge past a limit. Names that begin with a dot and links are left out.
  static Result<StaticFiles> load(const std::filesystem::path& folder);
  // The same from memory: relative path with slashes to content.
  static StaticFiles from_memory(const std::map<std::string, std::string>& files);

  // `file` is a relative path; "" and paths that end in a slash mean their index.html. 404 if there is none,
  // 304 if the client has it. Sends Content-Security-Policy, ETag and Cache-Control.
  HttpResponse serve(const HttpRequest& request, std::string_view file) const;

 private:
  struct File {
    std::string content;
    std::string content_type;
    std::string etag;
  };
  static File make_file(std::string_view name, std::string content);

  std::map<std::string, File, std::less<>> files_;
};

// Serves `files` under `prefix` ("/console" or "" for the root). A bare prefix is redirected to its slash.
Status mount(HttpServer& server, const std::string& prefix, std::shared_ptr<const StaticFiles> files);

}  // namespace aisle
