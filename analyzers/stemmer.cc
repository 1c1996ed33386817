#include "analyzers/stemmer.h"

#include <libstemmer.h>
#include <unicode/uchar.h>

#include <map>
#include <memory>
#include <new>

#include "analyzers/analyzer.h"
#include "analyzers/code_point.h"

namespace aisle {
namespace {

constexpr std::size_t letters_min = 3;

struct DeleteStemmer {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using Stemmer = std::unique_ptr<sb_stemmer, DeleteStemmer>;

sb_stemmer* stemmer_of_thread(const char* algorithm) {
  thread_local std::map<std::string_view, Stemmer> stemmers;  // at most one a language
  const auto [place, added] = stemmers.try_emplace(algorithm);
  if (added) place->second.reset(sb_stemmer_new(algorithm, "UTF_8"));
  return place->second.get();
}

bool has_stem(std::string_view word) {
  std::size_t letters = 0;
  for (std::uint32_t at = 0; at < word.size();) {
    const CodePoint next = code_point_at(word, at);
    if (next.value < 0 || !u_isalpha(next.value)) return false;
    ++letters;
    at = next.end;
  }
  return letters >= letters_min;
}

}  // namespace

std::string stem_word(const char* algorithm, std::string_view word) {
  sb_stemmer* const stemmer = has_stem(word) ? stemmer_of_thread(algorithm) : nullptr;
  if (stemmer == nullptr) return std::string(word);
  const auto* const bytes = reinterpret_cast<const sb_symbol*>(word.data());
  const sb_symbol* const stem = sb_stemmer_stem(stemmer, bytes, static_cast<int>(word.size()));
  if (stem == nullptr) throw std::bad_alloc();
  const auto length = static_cast<std::size_t>(sb_stemmer_length(stemmer));
  return fold({reinterpret_cast<const char*>(stem), length});  // Turkish ends stems in ç
}

}  // namespace aisle
