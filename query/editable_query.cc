#include "query/editable_query.h"

#include <ranges>

#include "base/utf8.h"

namespace aisle {

EditableQuery::EditableQuery(std::string_view q, const Analyzer& analyzer, const QueryLimits& limits) {
  const std::string_view cut = cut_utf8(q, limits.query_bytes_max);
  parts_ = parse_query_text(cut);
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    if (parts_[part].quoted || parts_[part].excluded) continue;
    for (Token& token : analyzer.query_tokens(parts_[part].text)) {
      if (words_.size() == limits.words_max) break;
      if (!places_.empty() && places_.back().part == part && places_.back().end > token.begin)
        continue;  // "½"
      words_.push_back(std::move(token.text));
      places_.push_back({part, token.begin, token.end});
    }
  }
  if (places_.empty() || places_.back().part + 1 != parts_.size()) return;
  const std::string& text = parts_.back().text;
  is_closed_ = places_.back().end != text.size() || !cut.ends_with(text);
}

std::string EditableQuery::with(const std::map<std::size_t, std::string>& others) const {
  std::vector<QueryPart> parts = parts_;
  for (const auto& [word, other] : others | std::views::reverse) {  // from the end, so that places stay
    if (word == words_.size()) {
      parts.push_back({other});
    } else {
      const Place& place = places_[word];
      parts[place.part].text.replace(place.begin, place.end - place.begin, other);
    }
  }
  return print_query_text(parts);
}

}  // namespace aisle
