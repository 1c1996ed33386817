#include "analyzers/stemmer.h"

#include <libstemmer.h>

#include <map>
#include <memory>
#include <new>

#include "analyzers/char_class.h"
#include "analyzers/code_point.h"

namespace aisle {
namespace {

constexpr std::size_t stemmed_letters_min = 3;

struct StemmerDeleter {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};
using StemmerPointer = std::unique_ptr<sb_stemmer, StemmerDeleter>;

// Null when libstemmer does not know the algorithm.
sb_stemmer* stemmer_of_thread(const char* algorithm) {
  thread_local std::map<std::string_view, StemmerPointer> stemmers;
  const auto [found, added] = stemmers.try_emplace(algorithm);
  if (added && *algorithm != '\0') found->second.reset(sb_stemmer_new(algorithm, "UTF_8"));
  return found->second.get();
}

bool is_stemmable(std::string_view word) {
  std::size_t letters = 0;
  for (std::uint32_t at = 0; at < word.size();) {
    const CodePoint next = code_point_at(word, at);
    if (CharClasses::get().of(next.value) != CharClass::Letter) return false;
    ++letters;
    at = next.end;
  }
  return letters >= stemmed_letters_min;
}

}  // namespace

bool has_stemmer(const char* algorithm) {
  return stemmer_of_thread(algorithm) != nullptr;
}

std::string stem_word(const char* algorithm, std::string_view word) {
  sb_stemmer* const stemmer = stemmer_of_thread(algorithm);
  if (stemmer == nullptr || !is_stemmable(word)) return std::string(word);
  const sb_symbol* const stem = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()),
                                                static_cast<int>(word.size()));
  if (stem == nullptr) throw std::bad_alloc();
  const int length = sb_stemmer_length(stemmer);
  if (length == 0) return std::string(word);
  return std::string(reinterpret_cast<const char*>(stem), static_cast<std::size_t>(length));
}

}  // namespace aisle
