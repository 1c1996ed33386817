#include "analyzers/analyzer.h"

#include <algorithm>

#include "analyzers/dictionary_words.h"
#include "analyzers/language.h"
#include "analyzers/segmenter.h"
#include "analyzers/stemmer.h"
#include "analyzers/stop_words.h"
#include "analyzers/token_builder.h"
#include "base/nearest_name.h"
#include "base/utf8.h"

namespace aisle {
namespace {

std::vector<std::string_view> sorted_words(std::string_view separated_by_spaces) {
  std::vector<std::string_view> words;
  while (!separated_by_spaces.empty()) {
    const std::size_t length = std::min(separated_by_spaces.find(' '), separated_by_spaces.size());
    words.push_back(separated_by_spaces.substr(0, length));
    separated_by_spaces.remove_prefix(std::min(length + 1, separated_by_spaces.size()));
  }
  std::sort(words.begin(), words.end());
  return words;
}

class LanguageAnalyzer final : public Analyzer {
 public:
  explicit LanguageAnalyzer(const Language& language)
      : language_(language), code_(language.code), stop_words_(sorted_words(stop_words(language.code))) {}

  std::vector<Token> index_tokens(std::string_view text) const override {
    return build_index_tokens(segmented(text));
  }
  std::vector<Token> query_tokens(std::string_view text) const override {
    return build_query_tokens(segmented(text));
  }
  std::string stem(std::string_view word) const override {
    return language_.stemmer == nullptr ? std::string(word) : stem_word(language_.stemmer, word);
  }
  bool is_stop_word(std::string_view word) const override {
    return std::binary_search(stop_words_.begin(), stop_words_.end(), word);
  }
  const std::string& language() const override { return code_; }

 private:
  // Valid until the next call of this thread.
  const Segmentation& segmented(std::string_view text) const {
    thread_local Segmentation segmentation;  // keeps its memory: a few times text_bytes_max
    segment(cut_utf8(text, text_bytes_max), language_.elisions, segmentation);
    return segmentation;
  }

  const Language& language_;
  const std::string code_;
  const std::vector<std::string_view> stop_words_;
};

}  // namespace

Result<std::shared_ptr<const Analyzer>> Analyzer::create(std::string_view language) {
  AISLE_CHECK(check_dictionaries());
  for (const Language& known : all_languages()) {
    if (known.code == language) return std::make_shared<const LanguageAnalyzer>(known);
  }
  return fail(ErrorCode::InvalidArgument,
              "unknown language \"" + std::string(language) + "\"" + did_you_mean(language, languages()));
}

std::vector<std::string> Analyzer::languages() {
  std::vector<std::string> codes;
  for (const Language& known : all_languages()) codes.emplace_back(known.code);
  return codes;
}

}  // namespace aisle
