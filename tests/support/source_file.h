// The product's sources as text, for tests about their shape.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aisle::test {

struct SourceFile {
  std::string path;  // from the root of the repository: "query/search.cc"
  std::string text;

  std::string folder() const { return path.substr(0, path.find('/')); }
  bool is_header() const { return path.ends_with(".h"); }
};

// Every .h and .cc of the product folders, ordered by path.
std::vector<SourceFile> product_sources();

// The text with comments, string and character literals blanked; line breaks and lengths stay.
std::string code_only(std::string_view text);

}  // namespace aisle::test
