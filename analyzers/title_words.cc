#include "analyzers/title_words.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

constexpr auto links = std::to_array<std::string_view>({
    "aus",  "av",   "avec",    "by",       "com",  "compatible", "con",      "da",   "dal",  "dalla",
    "de",   "del",  "della",   "des",      "di",   "do",         "du",       "fit",  "fits", "for",
    "from", "fran", "fur",     "geeignet", "in",   "kompatibel", "med",      "met",  "mit",  "of",
    "on",   "para", "passend", "per",      "pour", "replace",    "replaces", "sans", "sem",  "sin",
    "to",   "van",  "voor",    "vom",      "von",  "with",       "without",  "zu",   "zum",  "zur",
});

constexpr auto colours = std::to_array<std::string_view>({
    "amarillo", "anthracite",  "anthrazit", "arancione",  "argent",      "argento", "azul",
    "beige",    "bianco",      "bla",       "black",      "blanc",       "blanche", "blanco",
    "blau",     "blauw",       "bleu",      "blu",        "blue",        "braun",   "bronze",
    "brown",    "bruin",       "brun",      "chrome",     "geel",        "gelb",    "giallo",
    "gold",     "gra",         "grau",      "gray",       "green",       "grey",    "grigio",
    "grijs",    "gris",        "groen",     "gron",       "grun",        "ivory",   "jaune",
    "lila",     "marron",      "marrone",   "multicolor", "multicolour", "nero",    "noir",
    "noire",    "orange",      "oranje",    "paars",      "pink",        "plata",   "prata",
    "preto",    "purple",      "red",       "rojo",       "rood",        "rosa",    "rose",
    "rosso",    "rot",         "rouge",     "schwarz",    "silber",      "silver",  "sort",
    "svart",    "transparent", "turquoise", "verde",      "vermelho",    "vert",    "violet",
    "vit",      "weiss",       "white",     "wit",        "yellow",      "zilver",  "zwart",
});

constexpr auto head_first = std::to_array<std::string_view>({"es", "fr", "it", "pt", "th"});

template <std::size_t Count>
constexpr auto sorted(std::array<std::string_view, Count> words) {
  std::ranges::sort(words);
  return words;
}

}  // namespace

bool is_link_word(std::string_view word) {
  static constexpr auto known = sorted(links);
  return std::ranges::binary_search(known, word);
}

bool is_colour(std::string_view word) {
  static constexpr auto known = sorted(colours);
  return std::ranges::binary_search(known, word);
}

bool names_head_first(std::string_view language) {
  return std::ranges::find(head_first, language) != head_first.end();
}

}  // namespace aisle
