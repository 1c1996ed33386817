#include "analyzers/stop_words.h"

#include <array>

namespace aisle {
namespace {

constexpr auto english = std::to_array<std::string_view>(
    {"a",    "an",   "and",  "are",   "as",   "at",    "be",    "but",   "by",   "for",  "from",  "had",
     "has",  "have", "he",   "her",   "his",  "how",   "i",     "if",    "in",   "into", "is",    "it",
     "its",  "my",   "no",   "nor",   "not",  "of",    "on",    "or",    "our",  "she",  "so",    "such",
     "than", "that", "the",  "their", "them", "then",  "there", "these", "they", "this", "those", "to",
     "was",  "we",   "were", "what",  "when", "where", "which", "who",   "will", "with", "you",   "your"});

constexpr auto german = std::to_array<std::string_view>(
    {"aber", "als",  "am",    "an",    "auch", "auf",   "aus",  "bei",  "bis",   "da",    "das",   "dass",
     "dem",  "den",  "der",   "des",   "die",  "durch", "ein",  "eine", "einem", "einen", "einer", "eines",
     "er",   "es",   "fur",   "gegen", "hat",  "ich",   "ihr",  "im",   "in",    "ist",   "ja",    "kein",
     "mit",  "nach", "nicht", "noch",  "nur",  "ob",    "oder", "ohne", "sich",  "sie",   "sind",  "so",
     "uber", "um",   "und",   "unter", "vom",  "von",   "vor",  "wie",  "wir",   "zu",    "zum",   "zur"});

constexpr auto french = std::to_array<std::string_view>(
    {"a",   "au",  "aux",  "avec",  "c",     "ce",  "ces", "cet",   "cette", "d",    "dans", "de",
     "des", "du",  "elle", "en",    "est",   "et",  "eux", "il",    "ils",   "j",    "je",   "l",
     "la",  "le",  "les",  "leur",  "leurs", "lui", "m",   "ma",    "mais",  "me",   "mes",  "mon",
     "n",   "ne",  "nos",  "notre", "nous",  "on",  "ou",  "par",   "pas",   "pour", "qu",   "que",
     "qui", "s",   "sa",   "sans",  "se",    "ses", "son", "sont",  "sur",   "t",    "ta",   "te",
     "tes", "toi", "ton",  "tu",    "un",    "une", "vos", "votre", "vous",  "y"});

constexpr auto spanish = std::to_array<std::string_view>(
    {"a",    "al",   "ante",  "como",  "con",   "cual",  "de",   "del",   "desde", "donde", "e",
     "el",   "ella", "ellas", "ellos", "en",    "entre", "era",  "es",    "esa",   "ese",   "eso",
     "esta", "este", "esto",  "ha",    "hasta", "la",    "las",  "le",    "les",   "lo",    "los",
     "mas",  "me",   "mi",    "mis",   "muy",   "ni",    "no",   "nos",   "o",     "para",  "pero",
     "por",  "que",  "se",    "segun", "ser",   "si",    "sin",  "sobre", "su",    "sus",   "tambien",
     "te",   "tu",   "tus",   "u",     "un",    "una",   "unas", "unos",  "y",     "ya",    "yo"});

constexpr auto italian = std::to_array<std::string_view>(
    {"a",    "ad",  "agli", "ai",    "al",    "alla",   "alle",   "allo",   "anche",  "c",     "che",
     "chi",  "ci",  "come", "con",   "d",     "da",     "dai",    "dal",    "dall",   "dalla", "dalle",
     "dei",  "del", "dell", "della", "delle", "dello",  "di",     "e",      "ed",     "gli",   "ha",
     "i",    "il",  "in",   "io",    "l",     "la",     "le",     "lei",    "lo",     "loro",  "lui",
     "ma",   "mi",  "mia",  "mio",   "ne",    "nei",    "nel",    "nell",   "nella",  "nelle", "noi",
     "non",  "o",   "per",  "piu",   "quale", "quella", "quello", "questa", "questo", "se",    "si",
     "sono", "su",  "sua",  "sul",   "sull",  "sulla",  "sulle",  "suo",    "ti",     "tra",   "tu",
     "un",   "una", "uno",  "vi",    "voi"});

constexpr auto dutch = std::to_array<std::string_view>(
    {"aan",  "al",  "als",  "bij",  "dan", "dat",   "de",    "der",  "des",  "deze", "die",   "dit", "door",
     "een",  "en",  "er",   "haar", "had", "heb",   "heeft", "het",  "hij",  "hoe",  "ik",    "in",  "is",
     "je",   "kan", "maar", "me",   "met", "mijn",  "na",    "naar", "niet", "nog",  "of",    "om",  "onder",
     "ons",  "ook", "op",   "over", "te",  "tegen", "ten",   "ter",  "tot",  "uit",  "uw",    "van", "veel",
     "voor", "was", "wat",  "we",   "wel", "wie",   "zich",  "zij",  "zijn", "zo",   "zonder"});

constexpr auto swedish = std::to_array<std::string_view>(
    {"alla", "ar",    "att",  "av",   "dar",   "de",   "dem", "den",   "denna", "deras", "dess",
     "det",  "detta", "dig",  "din",  "dina",  "ditt", "du",  "efter", "ej",    "eller", "en",
     "ett",  "for",   "fran", "ha",   "han",   "har",  "hon", "hos",   "hur",   "i",     "icke",
     "inte", "jag",   "kan",  "man",  "maste", "med",  "men", "mig",   "min",   "mitt",  "mot",
     "och",  "om",    "oss",  "over", "pa",    "sa",   "sig", "sin",   "sina",  "till",  "under",
     "upp",  "ut",    "utan", "vad",  "var",   "vi",   "vid"});

constexpr auto portuguese = std::to_array<std::string_view>(
    {"a",    "ao",   "aos",  "as",    "ate",   "com",   "como", "da",    "das", "de",    "dela",
     "dele", "do",   "dos",  "e",     "ela",   "elas",  "ele",  "eles",  "em",  "entre", "era",
     "essa", "esse", "esta", "este",  "eu",    "foi",   "isso", "isto",  "ja",  "lhe",   "mais",
     "mas",  "me",   "meu",  "minha", "muito", "na",    "nao",  "nas",   "nem", "no",    "nos",
     "o",    "os",   "ou",   "para",  "pela",  "pelas", "pelo", "pelos", "por", "qual",  "quando",
     "que",  "sao",  "se",   "sem",   "ser",   "seu",   "seus", "so",    "sua", "suas",  "tambem",
     "te",   "tem",  "um",   "uma",   "umas",  "uns",   "voce"});

}  // namespace

std::span<const std::string_view> stop_words(std::string_view language) {
  if (language == "en") return english;
  if (language == "de") return german;
  if (language == "fr") return french;
  if (language == "es") return spanish;
  if (language == "it") return italian;
  if (language == "nl") return dutch;
  if (language == "sv") return swedish;
  if (language == "pt") return portuguese;
  return {};
}

}  // namespace aisle
