#include "query/synonyms.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace aisle {
namespace {

using Words = std::vector<std::string>;

std::string spoken(const Words& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

Result<Words> analysed(const std::string& text, const Analyzer& analyzer, const std::string& pointer) {
  Words words;
  for (Token& token : analyzer.query_tokens(text)) words.push_back(std::move(token.text));
  if (words.empty())
    return fail(ErrorCode::InvalidArgument, fmt::format("{} is \"{}\", which holds no word", pointer, text));
  if (words.size() > SynonymTable::phrase_words_max) {
    return fail(ErrorCode::InvalidArgument, fmt::format("{} has {} words, the limit is {}", pointer,
                                                        words.size(), SynonymTable::phrase_words_max));
  }
  return words;
}

class Compiler {
 public:
  Compiler(const Analyzer& analyzer, const std::string& pointer) : analyzer_(analyzer), pointer_(pointer) {}

  Status add(const SynonymConfig& config, std::size_t number) {
    const std::string here = fmt::format("{}/{}", pointer_, number);
    std::vector<Words> list;
    const std::string_view member = config.from.empty() ? "words" : "to";
    for (std::size_t i = 0; i < config.words.size(); ++i) {
      AISLE_TRY(Words words, analysed(config.words[i], analyzer_, fmt::format("{}/{}/{}", here, member, i)));
      if (std::ranges::find(list, words) != list.end())
        return fail(ErrorCode::InvalidArgument, fmt::format("{}/{}/{} is \"{}\", which is there already",
                                                            here, member, i, config.words[i]));
      list.push_back(std::move(words));
    }
    if (config.from.empty()) return add_group(list, here);
    AISLE_TRY(const Words from, analysed(config.from, analyzer_, here + "/from"));
    for (const Words& to : list) {
      AISLE_CHECK(add_way(from, to, here));
      one_way_[spoken(from)].emplace(spoken(to), here);
    }
    return {};
  }

  // Follows one-way entries from each word; a ring is a mistake, since a group says the same and is what was
  // meant.
  Status refuse_rings() const {
    std::set<std::string> done;
    for (const auto& entry : one_way_) AISLE_CHECK(refuse_ring_from(entry.first, done));
    return {};
  }

  SynonymTable take() { return std::move(table_); }

 private:
  Status add_group(const std::vector<Words>& group, const std::string& here) {
    for (const Words& from : group) {
      for (const Words& to : group) {
        if (from != to) AISLE_CHECK(add_way(from, to, here));
      }
    }
    return {};
  }

  Status add_way(const Words& from, const Words& to, const std::string& here) {
    if (from == to)
      return fail(ErrorCode::InvalidArgument, fmt::format("{}: \"{}\" leads to itself", here, spoken(from)));
    std::set<std::string>& known = ways_[spoken(from)];
    if (!known.insert(spoken(to)).second) return {};
    if (known.size() > RankingLimits::synonym_words_max) {
      return fail(ErrorCode::InvalidArgument,
                  fmt::format("{}: \"{}\" leads to {} others, the limit is {}", here, spoken(from),
                              known.size(), RankingLimits::synonym_words_max));
    }
    if (from.size() == 1 && to.size() == 1) {
      table_.words[from.front()].push_back(to.front());
    } else {
      table_.phrases[from.front()].push_back({from, to});
    }
    return {};
  }

  // Depth first with a stack of its own; `done` holds the words from which no ring is reached.
  Status refuse_ring_from(const std::string& start, std::set<std::string>& done) const {
    using Next = std::map<std::string, std::string>::const_iterator;
    struct Step {
      std::string word;
      Next next;
    };
    static const std::map<std::string, std::string> nothing;
    const auto leads_to = [&](const std::string& word) -> const std::map<std::string, std::string>& {
      const auto found = one_way_.find(word);
      return found == one_way_.end() ? nothing : found->second;
    };
    if (done.contains(start)) return {};
    std::set<std::string> open = {start};
    std::vector<Step> path = {{start, leads_to(start).begin()}};
    while (!path.empty()) {
      Step& step = path.back();
      if (step.next == leads_to(step.word).end()) {
        done.insert(step.word);
        open.erase(step.word);
        path.pop_back();
        continue;
      }
      const auto& [to, here] = *step.next++;
      if (open.contains(to)) {
        return fail(ErrorCode::InvalidArgument,
                    fmt::format("{}: \"{}\" leads back to \"{}\", from where it came; use a group of words",
                                here, step.word, to));
      }
      if (done.contains(to)) continue;
      open.insert(to);
      path.push_back({to, leads_to(to).begin()});
    }
    return {};
  }

  const Analyzer& analyzer_;
  const std::string& pointer_;
  SynonymTable table_;
  std::map<std::string, std::set<std::string>> ways_;                  // all, by what they lead from
  std::map<std::string, std::map<std::string, std::string>> one_way_;  // from -> to -> where it is written
};

}  // namespace

Result<SynonymTable> compile_synonyms(std::span<const SynonymConfig> synonyms, const Analyzer& analyzer,
                                      const std::string& pointer) {
  Compiler compiler(analyzer, pointer);
  for (std::size_t i = 0; i < synonyms.size(); ++i) AISLE_CHECK(compiler.add(synonyms[i], i));
  AISLE_CHECK(compiler.refuse_rings());
  return compiler.take();
}

}  // namespace aisle
