// Printing a query and reading it again changes nothing. The seed is printed; RC_PARAMS="seed=..." repeats a
// run.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "query/parsed_query.h"
#include "query/query_text.h"
#include "tests/support/random_text.h"

namespace aisle {
namespace {

// Texts in which quotes, dashes and spaces meet in every way.
rc::Gen<std::string> random_query() {
  const auto piece =
      rc::gen::element<std::string>("\"", "\"", "-", " ", " ", "a", "kettle", "40", "é", "手机", "“", "”",
                                    "\u00A0", "\t", "'", "\xFF", "of", "wi-fi");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                      [](const std::vector<std::string>& pieces) {
                        std::string text;
                        for (const std::string& some : pieces) text += some;
                        return text;
                      });
}

void prints_what_it_reads(const std::string& text) {
  const std::vector<QueryPart> parts = parse_query_text(text);
  RC_ASSERT(parse_query_text(print_query_text(parts)) == parts);
  RC_ASSERT(print_query_text(parse_query_text(print_query_text(parts))) == print_query_text(parts));
  for (const QueryPart& part : parts) RC_ASSERT(!part.text.empty());
}

RC_GTEST_PROP(QueryText, IsTheSameWhenPrintedAndReadAgain, ()) {
  prints_what_it_reads(*random_query());
}

RC_GTEST_PROP(QueryText, OfAnyTextIsTheSameWhenPrintedAndReadAgain, ()) {
  prints_what_it_reads(*random_shop_text());
}

RC_GTEST_PROP(QueryText, AsksForTheSameWordsWhenPrintedAndReadAgain, ()) {
  static const auto analyzer = Analyzer::create("en").value();
  const std::string text = *random_query();
  const ParsedQuery asked = parse_query(text, *analyzer, {});
  const ParsedQuery again = parse_query(print_query_text(parse_query_text(text)), *analyzer, {});
  if (asked.truncated || again.truncated) return;
  RC_ASSERT(again.words == asked.words);
  RC_ASSERT(again.phrases.size() == asked.phrases.size());
  RC_ASSERT(again.excluded.size() == asked.excluded.size());
  RC_ASSERT(again.last_is_open == asked.last_is_open);
  for (const Phrase& phrase : asked.phrases) RC_ASSERT(phrase.begin + phrase.words <= asked.words.size());
}

// Without quotes and dashes nothing of a text is syntax.
RC_GTEST_PROP(QueryText, PlainTextIsWhatTheAnalyzerMakesOfIt, ()) {
  static const auto analyzer = Analyzer::create("en").value();
  std::string text = *random_shop_text();
  std::erase_if(text, [](char c) { return c == '"' || c == '-' || static_cast<unsigned char>(c) >= 0x80; });
  QueryLimits limits;
  limits.query_bytes_max = limits.words_max = text.size() + 1;
  std::vector<std::string> words;
  for (const Token& token : analyzer->query_tokens(text)) words.push_back(token.text);
  RC_ASSERT(parse_query(text, *analyzer, limits).words == words);
}

}  // namespace
}  // namespace aisle
