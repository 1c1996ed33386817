// Texts of arbitrary bytes in every language: tokens that keep the invariants, queries that print and read
// alike.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

#include "analyzers/analyzer.h"
#include "analyzers/trade_code.h"
#include "query/query_text.h"
#include "tests/support/analyzer_invariants.h"

namespace {

std::vector<std::shared_ptr<const aisle::Analyzer>> all_analyzers() {
  std::vector<std::shared_ptr<const aisle::Analyzer>> made;
  for (const std::string& language : aisle::Analyzer::languages())
    made.push_back(aisle::Analyzer::create(language).value());
  return made;
}

}  // namespace

// The first byte chooses the language.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto analyzers = all_analyzers();
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const aisle::Analyzer& analyzer = *analyzers[data[0] % analyzers.size()];
  if (const std::string broken = aisle::broken_analyzer_invariant(analyzer, text); !broken.empty()) {
    std::fprintf(stderr, "%s: %s\n", analyzer.language().c_str(), broken.c_str());
    std::abort();
  }
  const auto parts = aisle::parse_query_text(text);
  if (aisle::parse_query_text(aisle::print_query_text(parts)) != parts) std::abort();
  const std::string code = aisle::normalize_code(text);
  if (aisle::normalize_code(code) != code) std::abort();
  for (const std::string& same : aisle::same_trade_codes(code)) {
    if (!aisle::has_right_check_digit(same)) std::abort();
  }
  return 0;
}
