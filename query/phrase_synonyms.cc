#include "query/phrase_synonyms.h"

#include <algorithm>
#include <optional>
#include <string>

namespace aisle {
namespace {

using Path = std::vector<PhraseStep>;

// Typos by which the position is the word; nothing when it is not.
std::optional<std::uint8_t> typos_of(const Position& position, const std::string& word) {
  const auto found = std::ranges::find(position.alternatives, word, &Alternative::term);
  if (found == position.alternatives.end()) return std::nullopt;
  const bool counts =
      found->kind == MatchKind::Literal || found->kind == MatchKind::Stem || found->kind == MatchKind::Typo;
  return counts ? std::optional(found->typos) : std::nullopt;
}

// The step that reads the words from `begin` on as the phrase.
std::optional<PhraseStep> step_of(const Reading& reading, std::size_t begin,
                                  const SynonymTable::Phrase& phrase) {
  PhraseStep step{begin, phrase.from.size(), &phrase, 0};
  if (begin + step.words > reading.positions.size()) return std::nullopt;
  for (std::size_t i = 0; i < step.words; ++i) {
    const auto typos = typos_of(reading.positions[begin + i], phrase.from[i]);
    if (!typos) return std::nullopt;
    step.typos = static_cast<std::uint8_t>(step.typos + *typos);
  }
  return step;
}

std::vector<PhraseStep> steps_from(const Reading& reading, std::size_t begin, const SynonymTable& synonyms) {
  std::vector<PhraseStep> steps;
  for (const Alternative& alternative : reading.positions[begin].alternatives) {
    if (alternative.kind == MatchKind::Joined) continue;
    const auto phrases = synonyms.phrases.find(alternative.term);
    if (phrases == synonyms.phrases.end()) continue;
    for (const SynonymTable::Phrase& phrase : phrases->second) {
      if (const auto step = step_of(reading, begin, phrase)) steps.push_back(*step);
    }
  }
  steps.push_back({begin, 1, nullptr, 0});
  return steps;
}

}  // namespace

std::vector<Path> phrase_paths(const Reading& reading, const SynonymTable& synonyms, std::size_t paths_max) {
  std::vector<Path> done;
  std::vector<Path> open = {{}};
  while (!open.empty() && done.size() < paths_max) {
    const Path path = std::move(open.back());
    open.pop_back();
    const std::size_t at = path.empty() ? 0 : path.back().begin + path.back().words;
    if (at == reading.positions.size()) {
      const auto is_phrase = [](const PhraseStep& step) { return step.phrase != nullptr; };
      if (std::ranges::any_of(path, is_phrase)) done.push_back(path);
      continue;
    }
    const std::vector<PhraseStep> steps = steps_from(reading, at, synonyms);
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {  // the last one pushed is followed first
      open.push_back(path);
      open.back().push_back(*step);
    }
  }
  return done;
}

}  // namespace aisle
