#include "analyzers/derivation.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

constexpr std::size_t base_least = 4;  // letters: "water" is nothing that does "wat"

struct Suffix {
  std::string_view text;
  bool vowel;  // takes the place of a silent e and doubles what stands before it: "slicer", "trimmer"
};
constexpr auto suffixes = std::to_array<Suffix>(
    {{"er", true}, {"or", true}, {"able", true}, {"ation", true}, {"ator", true}, {"ment", false}});

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool doubles(std::string_view word) {
  constexpr std::string_view vowels = "aeiou";
  const std::size_t size = word.size();
  return size >= 3 && vowels.find(word[size - 1]) == std::string_view::npos &&
         vowels.find(word[size - 2]) != std::string_view::npos &&
         vowels.find(word[size - 3]) == std::string_view::npos;
}

void add_bases(std::string_view word, std::vector<std::string>& words) {
  for (const Suffix& suffix : suffixes) {
    if (!word.ends_with(suffix.text) || word.size() < suffix.text.size() + base_least) continue;
    const std::string base(word.substr(0, word.size() - suffix.text.size()));
    words.push_back(base);
    if (!suffix.vowel) continue;
    words.push_back(base + "e");
    if (base[base.size() - 1] == base[base.size() - 2]) words.push_back(base.substr(0, base.size() - 1));
  }
}

void add_derived(std::string_view word, std::vector<std::string>& words) {
  if (word.size() < base_least) return;
  const bool silent_e = word.ends_with('e');
  for (const Suffix& suffix : suffixes) {
    const std::string_view kept = word.substr(0, word.size() - (silent_e && suffix.vowel ? 1 : 0));
    words.push_back(std::string(kept) + std::string(suffix.text));
    if (suffix.vowel && doubles(word))
      words.push_back(std::string(word) + word.back() + std::string(suffix.text));
  }
}

}  // namespace

std::vector<std::string> derived_words(std::string_view word, std::string_view language) {
  std::vector<std::string> words;
  if (language != "en" || !std::ranges::all_of(word, is_letter)) return words;
  add_bases(word, words);
  add_derived(word, words);
  if (word.ends_with('s') && !word.ends_with("ss")) {
    word.remove_suffix(1);
    add_bases(word, words);
    add_derived(word, words);
  }
  return words;
}

}  // namespace aisle
