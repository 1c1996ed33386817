// Shows a shopper what matched: the words of a text that a plan's terms stand for, marked.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query/index_context.h"
#include "query/limits.h"
#include "query/plan.h"
#include "query/search_request.h"

namespace aisle {

// Borrows plan, context and request for its life. One thread.
class Highlighter {
 public:
  static constexpr std::size_t snippet_bytes = 240;  // longer texts are cut to a window around the first mark

  Highlighter(const Plan& plan, const IndexContext& context, const SearchRequest& request,
              const QueryLimits& limits);

  // Field and marked text for each search field of the product (JSON object text) that holds a string or
  // strings; fields without a mark are left out, but for the forward field. HTML is escaped, the marks are
  // not.
  std::vector<std::pair<std::string, std::string>> highlight(std::string_view product) const;

 private:
  struct Match {
    MatchKind kind = MatchKind::Literal;
    std::size_t word_bytes = 0;
    std::uint32_t fields = 0;          // as Alternative::fields
    bool whole = false;                // some word stands for all of the term
    std::vector<std::string> parts{};  // of a code, that words are
  };
  struct Mark {
    std::size_t begin = 0;
    std::size_t end = 0;
  };

  std::vector<Mark> marks(const Field& field, std::string_view text) const;
  const Match* match_of(const Field& field, std::string_view term) const;
  std::vector<Mark> code_marks(const Field& field, std::string_view text) const;
  static std::vector<Mark> merged(std::vector<Mark> marks);
  std::string render(std::string_view text, const std::vector<Mark>& marks) const;

  const IndexContext& context_;
  const SearchRequest& request_;
  const QueryLimits& limits_;
  std::map<std::string, Match, std::less<>> terms_;
  std::map<std::uint16_t, std::uint32_t> field_bit_;
};

// & < > " ' as entities.
void append_escaped_html(std::string& out, std::string_view text);

}  // namespace aisle
