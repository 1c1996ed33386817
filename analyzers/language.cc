#include "analyzers/language.h"

#include <array>

namespace aisle {
namespace {

constexpr std::array<std::string_view, 14> french_elisions{
    "c", "d", "j", "jusqu", "l", "lorsqu", "m", "n", "presqu", "puisqu", "qu", "quoiqu", "s", "t"};
constexpr std::array<std::string_view, 14> italian_elisions{
    "all", "c", "d", "dall", "degl", "dell", "gl", "l", "nell", "quest", "quell", "sull", "un", "v"};

constexpr std::array languages{
    Language{"en", "english"},
    Language{"de", "german"},
    Language{"fr", "french", french_elisions},
    Language{"es", "spanish"},
    Language{"it", "italian", italian_elisions},
    Language{"nl", "dutch"},
    Language{"sv", "swedish"},
    Language{"pt", "portuguese"},
    Language{"da", "danish"},
    Language{"fi", "finnish"},
    Language{"no", "norwegian"},
    Language{"ru", "russian"},
    Language{"ro", "romanian"},
    Language{"hu", "hungarian"},
    Language{"tr", "turkish"},
    Language{"zh", nullptr},
    Language{"ja", nullptr},
    Language{"ko", nullptr},
    Language{"th", nullptr},
    Language{"none", nullptr},
};

}  // namespace

std::span<const Language> all_languages() {
  return languages;
}

}  // namespace aisle
