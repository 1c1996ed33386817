// Words and phrases that mean the same as those of a query.
#include <algorithm>

#include "analyzers/derivation.h"
#include "query/planner.h"

namespace aisle {
namespace {

// Bounds what several phrases in one query come to.
constexpr std::size_t phrase_readings_max = 16;

}  // namespace

// Synonyms of what is there so far, misspellings included, and the words of their stems.
void Planner::add_synonyms(Position& position) {
  const auto& words = synonyms().words;
  if (words.empty()) return;
  const std::vector<Alternative> known = position.alternatives;
  for (const Alternative& alternative : known) {
    const auto found = words.find(alternative.term);
    const bool in_part = alternative.kind == MatchKind::Prefix || alternative.kind == MatchKind::Infix;
    if (found == words.end() || in_part) continue;
    for (const std::string& synonym : found->second) {
      Alternative other{.term = synonym,
                        .kind = alternative.typos > 0 ? MatchKind::Typo : MatchKind::Synonym,
                        .typos = alternative.typos,
                        .fields = ~0U,
                        .points = 0};
      add(position, other);
      add_stems(position, synonym, other);
    }
  }
}

// Words that are derived from this one, or this one from them, where several products have them.
void Planner::add_derived(Position& position) {
  if (!synonyms().derives) return;
  for (const std::string& word : derived_words(position.word, context_.analyzer->language())) {
    if (statistics_.frequency(word) == 0) continue;
    const Alternative other{.term = word, .kind = MatchKind::Synonym, .typos = 0, .fields = ~0U, .points = 0};
    add(position, other);
    add_stems(position, word, other);
  }
}

// The words of a phrase that stands for others. Together they count no more than those others would by a
// synonym.
void Planner::stand_in(const PhraseStep& step, const Reading& given, Reading& reading) {
  std::string asked;
  std::uint32_t most = 0;
  for (std::size_t i = step.begin; i < step.begin + step.words; ++i) {
    asked += (asked.empty() ? "" : " ") + given.positions[i].word;
    most += given.positions[i].alternatives.front().points * kind_factor(MatchKind::Synonym, 0) / 256;
  }
  const auto words = static_cast<std::uint32_t>(step.phrase->to.size());
  std::uint8_t typos = step.typos;
  std::uint32_t asked_words = 0;
  for (std::size_t i = step.begin; i < step.begin + step.words; ++i) asked_words |= given.positions[i].words;
  for (const std::string& word : step.phrase->to) {
    Position position{.word = asked, .alternatives = {}, .words = asked_words, .weight = 0};
    const Alternative like{.term = word,
                           .kind = typos > 0 ? MatchKind::Typo : MatchKind::Synonym,
                           .typos = typos,
                           .fields = ~0U,
                           .points = 0};
    add(position, like);
    add_stems(position, word, like);
    set_points(position);
    for (Alternative& alternative : position.alternatives)
      alternative.points = std::min(alternative.points, most / words);
    reading.positions.push_back(std::move(position));
    typos = 0;  // counted once
  }
}

// Words that may be read as another phrase: "flat screen" for "tv", or the other way.
void Planner::add_phrases(Plan& plan) {
  if (synonyms().phrases.empty()) return;
  const Reading given = plan.readings.front();
  for (const auto& path : phrase_paths(given, synonyms(), phrase_readings_max)) {
    Reading& reading = plan.readings.emplace_back();
    for (const PhraseStep& step : path) {
      if (step.phrase == nullptr) {
        reading.positions.push_back(given.positions[step.begin]);
      } else {
        stand_in(step, given, reading);
      }
    }
  }
}

}  // namespace aisle
