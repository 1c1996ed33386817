// What the peers written in C++ share: the tables of ../peer_files.py, and the commands of README.md.
#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace aisle::bench {

struct Product {
  std::string id, title, brand, category, colour, source;
  std::int64_t price = 0, rating = 0, in_stock = 0, sold = 0;
  std::vector<std::string> tokens;
  std::string record;
};

struct Ask {
  std::string query_class;
  std::vector<std::string> words;
  bool prefix = false;  // the last word is the beginning of one
  std::vector<int> edits;
  std::int64_t low = 0, high = 0;  // of the price; no range when `high` is 0
  bool in_stock = false;
  std::string category;
  std::vector<std::string> facets;
  std::string sort;  // "" = by relevance
  bool descending = false;
  std::uint64_t fallback = 0;
  std::size_t k = 10;
};

struct Found {
  std::uint64_t total = 0;
  std::vector<std::string> ids, records;
  std::vector<std::vector<std::pair<std::string, std::uint64_t>>> facets;  // as in Ask
};

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) parts.push_back(part);
  return parts;
}

// Calls `use` for each product of the table.
inline void for_each_product(const std::string& file, const std::function<void(const Product&)>& use) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::vector<std::string> c = split(line, '\t');
    use({c[0], c[1], c[2], c[3], c[4], c[5], std::stoll(c[6]), std::stoll(c[7]), std::stoll(c[8]),
         std::stoll(c[9]), split(c[10], ' '), c[11]});
  }
}

inline std::vector<Ask> read_asks(const std::string& file) {
  std::vector<Ask> asks;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> c = split(line, '\t');
    Ask ask{
        c[0], split(c[1], ' '), c[2] == "1", {},           std::stoll(c[4]),   std::stoll(c[5]),  c[6] == "1",
        c[7], split(c[8], ','), c[9],        c[10] == "1", std::stoull(c[11]), std::stoull(c[12])};
    for (const std::string& edits : split(c[3], ',')) ask.edits.push_back(std::stoi(edits));
    asks.push_back(std::move(ask));
  }
  return asks;
}

inline nlohmann::json answer_of(const Ask& ask, const Found& found) {
  nlohmann::json facets = nlohmann::json::object();
  for (std::size_t i = 0; i < found.facets.size(); ++i) facets[ask.facets[i]] = found.facets[i];
  return {{"total", found.total}, {"ids", found.ids}, {"facets", facets}};
}

// Prints `about`, then answers commands until standard input ends.
inline int serve(const nlohmann::json& about, const std::vector<Ask>& asks,
                 const std::function<Found(const Ask&)>& search) {
  using Clock = std::chrono::steady_clock;
  std::cout << about.dump() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string verb;
    std::string query_class;
    double seconds = 1e6;
    words >> verb >> query_class >> seconds;
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    nlohmann::json ms = nlohmann::json::array(), totals = nlohmann::json::array(),
                   answers = nlohmann::json::array();
    for (const Ask& ask : asks) {
      if (ask.query_class != query_class) continue;
      const auto begin = Clock::now();
      if (begin > end) break;
      const Found found = search(ask);
      ms.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
      totals.push_back(found.total);
      if (verb == "answers") answers.push_back(answer_of(ask, found));
    }
    if (verb == "answers")
      std::cout << nlohmann::json{{"class", query_class}, {"answers", answers}}.dump() << std::endl;
    else
      std::cout << nlohmann::json{{"class", query_class}, {"ms", ms}, {"totals", totals}}.dump() << std::endl;
  }
  return 0;
}

}  // namespace aisle::bench
