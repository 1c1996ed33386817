// The syntax of a query: "quoted phrases" and -exclusions among plain text. docs/search-api.md explains it.
//
//   query    := { phrase | excluded | plain }
//   excluded := '-' ( phrase | word )        word: up to the next space, two bytes and more, a letter first
//   phrase   := '"' text '"'                 text: not blank
//
// A quote opens a phrase and a dash an exclusion only where something begins: in front, behind a space,
// behind a phrase. Everything else is plain text: 27", wi-fi, -40, rust -o oleum, a lone dash, a quote that
// is not closed.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

struct QueryPart {
  std::string text;  // without quotes, dash and the spaces around it; not empty
  bool quoted = false;
  bool excluded = false;
  friend bool operator==(const QueryPart&, const QueryPart&) = default;
};

// Any bytes; linear. Typographic double quotes are quotes, too. What is plain stays in one piece.
std::vector<QueryPart> parse_query_text(std::string_view q);
// Text that parse_query_text() reads as these parts, if it made them.
std::string print_query_text(const std::vector<QueryPart>& parts);

}  // namespace aisle
