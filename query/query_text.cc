#include "query/query_text.h"

#include <algorithm>
#include <array>
#include <optional>

namespace aisle {
namespace {

constexpr auto quotes = std::to_array<std::string_view>({"\"", "“", "”", "„", "‟", "＂"});
constexpr auto spaces =
    std::to_array<std::string_view>({" ", "\t", "\n", "\v", "\f", "\r", "\u00A0", "\u3000"});

// Bytes of the one of `marks` that stands at `at`; 0 when none does.
template <std::size_t Count>
std::size_t mark_at(std::string_view text, std::size_t at, const std::array<std::string_view, Count>& marks) {
  const std::string_view rest = text.substr(std::min(at, text.size()));
  const auto found =
      std::ranges::find_if(marks, [&](std::string_view mark) { return rest.starts_with(mark); });
  return found == marks.end() ? 0 : found->size();
}

std::string_view trimmed(std::string_view text) {
  std::size_t begin = 0;
  while (const std::size_t space = mark_at(text, begin, spaces)) begin += space;
  std::size_t end = begin;  // behind the last that is no space
  for (std::size_t at = begin; at < text.size();) {
    const std::size_t space = mark_at(text, at, spaces);
    at += std::max<std::size_t>(space, 1);
    if (space == 0) end = at;
  }
  return text.substr(begin, end - begin);
}

// A letter of any script; digits and signs are none.
bool begins_word(std::string_view text, std::size_t at) {
  if (at >= text.size() || mark_at(text, at, spaces) > 0 || mark_at(text, at, quotes) > 0) return false;
  const auto c = static_cast<unsigned char>(text[at]);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

class QueryTextParser {
 public:
  explicit QueryTextParser(std::string_view q) : q_(q), last_quote_(find_last_quote(q)) {}

  std::vector<QueryPart> parse() {
    bool begins = true;  // something may begin here
    for (std::size_t at = 0; at < q_.size();) {
      if (begins && take(at)) continue;
      const std::size_t space = mark_at(q_, at, spaces);
      begins = space > 0;
      at += std::max<std::size_t>(space, 1);
    }
    end_plain(q_.size());
    return std::move(parts_);
  }

 private:
  static std::size_t find_last_quote(std::string_view q) {
    std::size_t last = 0;
    for (std::size_t at = 0; at < q.size(); ++at) {
      if (mark_at(q, at, quotes) > 0) last = at;
    }
    return last;
  }

  // The part that begins at `at` with a quote or a dash, `at` then stands behind it. False when none does.
  bool take(std::size_t& at) {
    const bool excluded = q_[at] == '-';
    const std::size_t begin = at + (excluded ? 1 : 0);
    if (const std::size_t quote = mark_at(q_, begin, quotes)) {
      const std::size_t end = closing_quote(begin + quote);
      const std::string_view text = trimmed(q_.substr(begin + quote, end - begin - quote));
      if (end == q_.size() || text.empty()) return false;
      add(at, {std::string(text), true, excluded});
      at = end + mark_at(q_, end, quotes);
    } else if (excluded && begins_word(q_, begin)) {
      std::size_t end = begin;
      while (end < q_.size() && mark_at(q_, end, spaces) == 0) ++end;
      if (end == begin + 1) return false;
      add(at, {std::string(q_.substr(begin, end - begin)), false, true});
      at = end;
    } else {
      return false;
    }
    plain_ = at;
    return true;
  }

  // The next quote, or the end of the text.
  std::size_t closing_quote(std::size_t at) const {
    if (at > last_quote_) return q_.size();
    while (at < q_.size() && mark_at(q_, at, quotes) == 0) ++at;
    return at;
  }

  void add(std::size_t begin, QueryPart part) {
    end_plain(begin);
    parts_.push_back(std::move(part));
  }

  void end_plain(std::size_t end) {
    const std::string_view text = trimmed(q_.substr(plain_, end - plain_));
    if (!text.empty()) parts_.push_back({std::string(text)});
  }

  std::string_view q_;
  std::size_t last_quote_;
  std::size_t plain_ = 0;  // where the plain text begins that is not a part yet
  std::vector<QueryPart> parts_;
};

}  // namespace

std::vector<QueryPart> parse_query_text(std::string_view q) {
  return QueryTextParser(q).parse();
}

std::string print_query_text(const std::vector<QueryPart>& parts) {
  std::string text;
  for (const QueryPart& part : parts) {
    if (!text.empty()) text += ' ';
    if (part.excluded) text += '-';
    text += part.quoted ? '"' + part.text + '"' : part.text;
  }
  return text;
}

}  // namespace aisle
