// A query in which words can be put in the places of others, its syntax and all else untouched.
#pragma once
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "query/limits.h"
#include "query/query_text.h"

namespace aisle {

class EditableQuery {
 public:
  // Cut at the limit of bytes.
  EditableQuery(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits);

  // Outside quotes and not left out, analysed, in order; those that count.
  const std::vector<std::string>& words() const { return words_; }
  // Something, if only a space, stands behind the last word.
  bool is_closed() const { return is_closed_; }
  // The text with others in the places of words, by number; words().size() stands for one more word at the
  // end.
  std::string with(const std::map<std::size_t, std::string>& others) const;

 private:
  struct Place {
    std::size_t part = 0;
    std::size_t begin = 0;  // in its text
    std::size_t end = 0;
  };

  std::vector<QueryPart> parts_;
  std::vector<std::string> words_;
  std::vector<Place> places_;  // of words_
  bool is_closed_ = true;
};

}  // namespace aisle
