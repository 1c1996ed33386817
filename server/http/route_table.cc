#include "server/http/route_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.h"
#include "server/http/url.h"

namespace aisle {
namespace {

constexpr std::size_t segments_max = 64;  // of a path; patterns have about eight

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  path.remove_prefix(1);
  while (true) {
    const std::size_t slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return segments;
    path.remove_prefix(slash + 1);
  }
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::optional<std::vector<std::string>> decode(std::string_view path) {
  std::vector<std::string> segments;
  for (const std::string_view raw : split(path)) {
    auto segment = percent_decode(raw, PlusSign::Literal);
    if (!segment || !is_valid_utf8(*segment) || std::ranges::any_of(*segment, is_control) ||
        *segment == "." || *segment == ".." || segments.size() == segments_max) {
      return std::nullopt;
    }
    segments.push_back(std::move(*segment));
  }
  return segments;
}

bool is_named(std::string_view segment) {
  return segment.starts_with('{') && segment.ends_with('}');
}

}  // namespace

struct RouteTable::Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> exact;
  std::unique_ptr<Node> named;
  std::unique_ptr<Node> tail;
  std::map<std::string, Route, std::less<>> routes;  // by method

  static Node& child(std::unique_ptr<Node>& slot) {
    if (!slot) slot = std::make_unique<Node>();
    return *slot;
  }
  std::string allow() const {
    std::string list;
    for (const auto& [method, route] : routes) {
      list += method + ", ";
      if (method == "GET" && !routes.contains("HEAD")) list += "HEAD, ";
    }
    return list + "OPTIONS";
  }
};

RouteTable::RouteTable() : root_(std::make_unique<Node>()) {}
RouteTable::~RouteTable() = default;

Status RouteTable::add(std::string_view method, std::string_view pattern, RouteOptions options,
                       HttpHandler handler) {
  if (!pattern.starts_with('/') || !handler) {
    return fail(ErrorCode::InvalidArgument,
                fmt::format("route \"{}\" lacks a leading slash or a handler", pattern));
  }
  Node* node = root_.get();
  std::vector<std::string> names;
  bool ended = false;
  for (const std::string_view segment : split(pattern)) {
    if (ended)
      return fail(ErrorCode::InvalidArgument, fmt::format("route \"{}\" goes on after its tail", pattern));
    if (!is_named(segment)) {
      node = &Node::child(node->exact[std::string(segment)]);
      continue;
    }
    std::string_view name = segment.substr(1, segment.size() - 2);
    ended = name.ends_with("...");
    if (ended) name.remove_suffix(3);
    names.emplace_back(name);
    node = &Node::child(ended ? node->tail : node->named);
  }
  Route route{std::string(pattern), options, std::move(handler), std::move(names),
              std::make_shared<RouteMetrics>(std::string(pattern))};
  if (!node->routes.emplace(method, std::move(route)).second) {
    return fail(ErrorCode::Conflict, fmt::format("route {} \"{}\" is taken", method, pattern));
  }
  return {};
}

// Depth is bounded by the patterns, so the recursion and its backtracking are too.
const RouteTable::Node* RouteTable::match(const Node& node, const std::vector<std::string>& segments,
                                          std::size_t index, std::vector<std::string>& values) const {
  if (index == segments.size()) return node.routes.empty() ? nullptr : &node;
  if (const auto found = node.exact.find(segments[index]); found != node.exact.end()) {
    if (const Node* end = match(*found->second, segments, index + 1, values)) return end;
  }
  if (node.named && !segments[index].empty()) {
    values.push_back(segments[index]);
    if (const Node* end = match(*node.named, segments, index + 1, values)) return end;
    values.pop_back();
  }
  if (node.tail) {
    values.push_back(fmt::format(
        "{}", fmt::join(segments.begin() + static_cast<std::ptrdiff_t>(index), segments.end(), "/")));
    return node.tail.get();
  }
  return nullptr;
}

RouteMatch RouteTable::find(std::string_view method, std::string_view path) const {
  RouteMatch result;
  if (!path.starts_with('/')) {
    result.status = 400;
    return result;
  }
  const auto segments = decode(path);
  if (!segments) {
    result.status = 400;
    return result;
  }
  std::vector<std::string> values;
  const Node* node = match(*root_, *segments, 0, values);
  if (node == nullptr) return result;
  auto found = node->routes.find(method);
  if (found == node->routes.end() && method == "HEAD") found = node->routes.find("GET");
  if (found == node->routes.end()) {
    result.status = 405;
    result.allow = node->allow();
    return result;
  }
  result.status = 200;
  result.route = &found->second;
  for (std::size_t i = 0; i < values.size(); ++i) {
    result.path_parameters[result.route->parameter_names[i]] = std::move(values[i]);
  }
  return result;
}

}  // namespace aisle
