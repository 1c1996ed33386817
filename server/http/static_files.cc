#include "server/http/static_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/take_until.h"
#include "server/http/error_response.h"

namespace aisle {
namespace {

constexpr std::string_view content_security_policy =
    "default-src 'self'; style-src 'self'; img-src 'self' data:";

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> types = {{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
}};

std::string_view type_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view extension = dot == std::string_view::npos ? std::string_view() : name.substr(dot);
  const auto found =
      std::ranges::find(types, extension, &std::pair<std::string_view, std::string_view>::first);
  return found == types.end() ? "application/octet-stream" : found->second;
}

// Weak comparison over the list of If-None-Match.
bool has_etag(std::string_view list, std::string_view etag) {
  const auto bare = [](std::string_view tag) {
    while (tag.starts_with(' ')) tag.remove_prefix(1);
    while (tag.ends_with(' ')) tag.remove_suffix(1);
    return tag.starts_with("W/") ? tag.substr(2) : tag;
  };
  while (!list.empty()) {
    const std::string_view item = take_until(list, ',');
    if (bare(item) == "*" || bare(item) == bare(etag)) return true;
  }
  return false;
}

bool is_hidden(const std::filesystem::path& relative) {
  return std::ranges::any_of(relative, [](const auto& part) { return part.string().starts_with('.'); });
}

// Throws what the file system library throws.
Result<std::map<std::string, std::string>> read_tree(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  std::size_t left = StaticFiles::bytes_max;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const auto relative = entry.path().lexically_relative(folder);
    if (entry.is_symlink() || !entry.is_regular_file() || is_hidden(relative)) continue;
    if (files.size() == StaticFiles::files_max) {
      return fail(ErrorCode::TooLarge, fmt::format("{} holds more files than the limit of {}",
                                                   folder.string(), StaticFiles::files_max));
    }
    AISLE_TRY(std::string content, read_file(entry.path(), left));
    left -= content.size();
    files.emplace(relative.generic_string(), std::move(content));
  }
  return files;
}

}  // namespace

StaticFiles::File StaticFiles::make_file(std::string_view name, std::string content) {
  // weak: the same tag stands for the compressed form
  std::string etag = fmt::format("W/\"{}\"", hash_text(content));
  return File{std::move(content), std::string(type_of(name)), std::move(etag)};
}

StaticFiles StaticFiles::from_memory(const std::map<std::string, std::string>& files) {
  StaticFiles result;
  for (const auto& [name, content] : files) result.files_.emplace(name, make_file(name, content));
  return result;
}

Result<StaticFiles> StaticFiles::load(const std::filesystem::path& folder) {
  try {
    if (!std::filesystem::is_directory(folder)) {
      return fail(ErrorCode::NotFound, fmt::format("there is no folder {}", folder.string()));
    }
    AISLE_TRY(const auto files, read_tree(folder));
    return from_memory(files);
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(ErrorCode::NotFound,
                fmt::format("cannot read {}: {}", folder.string(), error.code().message()));
  }
}

HttpResponse StaticFiles::serve(const HttpRequest& request, std::string_view file) const {
  std::string name(file);
  if (name.empty() || name.ends_with('/')) name += "index.html";
  const auto found = files_.find(name);
  if (found == files_.end()) {
    return error_response(404, "not_found", "there is no such page", request.request_id);
  }
  const File& page = found->second;
  HttpResponse response;
  response.content_type = page.content_type;
  response.headers = {{"ETag", page.etag},
                      {"Cache-Control", "no-cache"},  // may be kept, must be asked about
                      {"Content-Security-Policy", std::string(content_security_policy)},
                      {"Referrer-Policy", "same-origin"}};
  if (has_etag(request.header("if-none-match").value_or(""), page.etag)) {
    response.status = 304;
  } else {
    response.body = page.content;
  }
  return response;
}

Status mount(HttpServer& server, const std::string& prefix, std::shared_ptr<const StaticFiles> files) {
  if (!prefix.empty()) {
    AISLE_CHECK(server.route("GET", prefix, {}, [target = prefix + "/"](const HttpRequest&) {
      return HttpResponse{.status = 308, .content_type = {}, .headers = {{"Location", target}}};
    }));
  }
  return server.route("GET", prefix + "/{file...}", {},
                      [files = std::move(files)](const HttpRequest& request) {
                        return files->serve(request, request.path_parameters.at("file"));
                      });
}

}  // namespace aisle
