#include "analyzers/language.h"

#include <array>

namespace aisle {
namespace {

constexpr auto french_elisions = std::to_array<std::string_view>(
    {"c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "puisqu", "qu", "quoiqu", "s", "t"});
constexpr auto italian_elisions = std::to_array<std::string_view>(
    {"all", "c", "d", "dall", "dell", "gl", "l", "nell", "quell", "sull", "un"});

// Turkish has no stemmer: Snowball's follows vowel harmony, which folding ı, ö and ü takes away.
constexpr auto languages = std::to_array<Language>({
    {"da", "danish", {}},     {"de", "german", {}},
    {"en", "english", {}},    {"es", "spanish", {}},
    {"fi", "finnish", {}},    {"fr", "french", french_elisions},
    {"hu", "hungarian", {}},  {"it", "italian", italian_elisions},
    {"ja", "", {}},           {"ko", "", {}},
    {"nl", "dutch", {}},      {"no", "norwegian", {}},
    {"pt", "portuguese", {}}, {"ro", "romanian", {}},
    {"ru", "russian", {}},    {"sv", "swedish", {}},
    {"th", "", {}},           {"tr", "", {}},
    {"zh", "", {}},           {"none", "", {}},
});

}  // namespace

std::span<const Language> all_languages() {
  return languages;
}

}  // namespace aisle
