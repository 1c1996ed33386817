#include "query/compounds.h"

#include <algorithm>
#include <array>

namespace aisle {
namespace {

constexpr std::size_t part_least = 4;  // letters
constexpr std::size_t parts_most = 3;

constexpr auto german = std::to_array<std::string_view>({"", "s", "n", "en", "es", "e", "er"});
constexpr auto dutch = std::to_array<std::string_view>({"", "s", "e", "en", "er"});
constexpr auto nordic = std::to_array<std::string_view>({"", "s", "e"});

struct Parts {
  std::vector<std::string> words;
  std::uint32_t rarest = 0;  // documents that have the rarest; 0: there are no parts
};

// `word` is folded to letters of one byte but for those of other scripts, which make no compounds here.
Parts best_parts(const std::string& word, std::size_t count, std::span<const std::string_view> links,
                 const Statistics& statistics) {
  if (count == 1) return {{word}, word.size() < part_least ? 0 : statistics.frequency(word)};
  Parts best;
  for (std::size_t at = word.size(); at-- > part_least;) {
    const std::string rest = word.substr(at);
    if (rest.size() < part_least) continue;
    for (const std::string_view link : links) {
      const std::string_view first = std::string_view(word).substr(0, at);
      if (!first.ends_with(link) || first.size() < part_least + link.size()) continue;
      const std::string begin(first.substr(0, at - link.size()));
      const std::uint32_t common = statistics.frequency(begin);
      if (common <= best.rarest) continue;
      Parts parts = best_parts(rest, count - 1, links, statistics);
      parts.rarest = std::min(parts.rarest, common);
      if (parts.rarest <= best.rarest) continue;
      parts.words.insert(parts.words.begin(), begin);
      best = std::move(parts);
    }
  }
  return best;
}

}  // namespace

std::span<const std::string_view> compound_links(std::string_view language) {
  if (language == "de") return german;
  if (language == "nl") return dutch;
  if (language == "sv" || language == "da" || language == "no" || language == "nb") return nordic;
  return {};
}

std::vector<std::string> compound_parts(const std::string& word, std::string_view language,
                                        const Statistics& statistics) {
  const auto links = compound_links(language);
  const bool letters = std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
  if (links.empty() || !letters) return {};
  for (std::size_t count = 2; count <= parts_most; ++count) {
    Parts parts = best_parts(word, count, links, statistics);
    if (parts.rarest > 0) return std::move(parts.words);
  }
  return {};
}

}  // namespace aisle
