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

// Room that each thread uses again; the bound on texts bounds it too.
Segmentation& scratch_of_thread() {
  thread_local Segmentation scratch;
  return scratch;
}

class LanguageAnalyzer final : public Analyzer {
 public:
  explicit LanguageAnalyzer(const Language& language)
      : language_(language), code_(language.code), stop_words_(stop_words(language.code)) {}

  std::vector<Token> index_tokens(std::string_view text) const override {
    return index_tokens_of(segmented(text));
  }
  std::vector<Token> query_tokens(std::string_view text) const override {
    return query_tokens_of(segmented(text));
  }
  std::string stem(std::string_view word) const override { return stem_word(language_.stemmer, word); }
  bool is_stop_word(std::string_view word) const override {
    return std::binary_search(stop_words_.begin(), stop_words_.end(), word);
  }
  const std::string& language() const override { return code_; }

 private:
  const Segmentation& segmented(std::string_view text) const {
    Segmentation& result = scratch_of_thread();
    segment(cut_utf8(text, text_bytes_max), language_.elisions, result);
    return result;
  }

  const Language& language_;
  const std::string code_;
  const std::span<const std::string_view> stop_words_;
};

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

std::vector<std::string> Analyzer::languages() {
  std::vector<std::string> codes;
  for (const Language& language : all_languages()) codes.emplace_back(language.code);
  return codes;
}

Result<std::shared_ptr<const Analyzer>> Analyzer::create(std::string_view language) {
  const auto known = all_languages();
  const auto found =
      std::find_if(known.begin(), known.end(), [&](const auto& l) { return l.code == language; });
  if (found == known.end()) {
    const std::vector<std::string> codes = languages();
    return fail(ErrorCode::InvalidArgument, "language is \"" + std::string(language) +
                                                "\", expected one of " + list_of(codes) +
                                                did_you_mean(language, codes));
  }
  AISLE_CHECK(check_dictionaries());
  if (*found->stemmer != '\0' && !has_stemmer(found->stemmer)) {
    return fail(ErrorCode::FailedPrecondition,
                std::string("libstemmer does not know the algorithm ") + found->stemmer);
  }
  return std::make_shared<const LanguageAnalyzer>(*found);
}

}  // namespace aisle
