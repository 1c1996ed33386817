#include "query/highlight.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/utf8.h"
#include "query/product_text.h"
#include "schemas/number_value.h"
#include "schemas/quantity_term.h"

namespace aisle {
namespace {

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

struct Place {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// By byte of the normalised code the character it comes from; nothing where the characters together make
// another code than each alone.
std::vector<Place> places_in(std::string_view written, std::string_view code) {
  std::vector<Place> places;
  std::string alone;
  for (std::size_t begin = 0; begin < written.size();) {
    std::size_t end = begin + 1;
    while (end < written.size() && (static_cast<unsigned char>(written[end]) & 0xC0U) == 0x80U) ++end;
    alone += normalize_code(written.substr(begin, end - begin));
    places.resize(alone.size(), {begin, end});
    begin = end;
  }
  return alone == code ? places : std::vector<Place>();
}

}  // namespace

void append_escaped_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

Highlighter::Highlighter(const Plan& plan, const IndexContext& context, const SearchRequest& request,
                         const QueryLimits& limits)
    : context_(context), request_(request), limits_(limits) {
  for (const Reading& reading : plan.readings) {
    for (const Position& position : reading.positions) {
      for (const Alternative& alternative : position.alternatives) {
        Match& match =
            terms_.try_emplace(alternative.term, alternative.kind, position.word.size()).first->second;
        match.fields |= alternative.fields;
        if (alternative.kind == MatchKind::Infix) {
          match.parts.push_back(normalize_code(position.word));
        } else {
          match.whole = true;
        }
      }
    }
  }
  std::uint32_t bit = 0;
  for (const Field* field : search_fields(*context.schema)) field_bit_[field->number] = bit++;
}

const Highlighter::Match* Highlighter::match_of(const Field& field, std::string_view term) const {
  const auto at = terms_.find(term);
  const bool held = at != terms_.end() && ((at->second.fields >> field_bit_.at(field.number)) & 1U) != 0;
  return held ? &at->second : nullptr;
}

// Several codes stand as text_at() joins them.
std::vector<Highlighter::Mark> Highlighter::code_marks(const Field& field, std::string_view text) const {
  constexpr std::string_view between = ", ";
  std::vector<Mark> found;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(between, begin), text.size());
    const std::string_view written = text.substr(begin, end - begin);
    const std::string code = normalize_code(written);
    const auto places = places_in(written, code);
    if (const Match* match = match_of(field, code); match != nullptr && (match->whole || places.empty())) {
      found.push_back({begin, end});
    } else if (match != nullptr) {
      for (const std::string& part : match->parts) {
        const std::size_t at = code.find(part);
        if (at == std::string::npos) continue;
        found.push_back({begin + places[at].begin, begin + places[at + part.size() - 1].end});
      }
    }
    begin = end + between.size();
  }
  return merged(std::move(found));
}

std::vector<Highlighter::Mark> Highlighter::merged(std::vector<Mark> marks) {
  std::ranges::sort(marks, [](const Mark& a, const Mark& b) {
    return std::pair(a.begin, b.end) < std::pair(b.begin, a.end);
  });
  std::vector<Mark> merged;
  for (const Mark& mark : marks) {
    if (!merged.empty() && mark.begin < merged.back().end) {
      merged.back().end = std::max(merged.back().end, mark.end);
    } else {
      merged.push_back(mark);
    }
  }
  return merged;
}

std::vector<Highlighter::Mark> Highlighter::marks(const Field& field, std::string_view text) const {
  if (field.type == FieldType::Code) return code_marks(field, text);
  std::vector<Mark> found;
  if (field.is_number()) {
    const auto number = number_value(field, nlohmann::json(text));
    const auto term = number ? quantity_term(field, *number) : std::nullopt;
    if (term && match_of(field, *term) != nullptr) found.push_back({0, text.size()});
    return found;
  }
  const Analyzer& analyzer =
      *context_.stemmers[static_cast<std::size_t>(context_.stemmer_of_field[field.number])];
  const std::vector<Token> tokens = analyzer.index_tokens(cut_utf8(text, limits_.highlight_bytes_max));
  const Token* first = nullptr;  // the longest word or part of those that begin where a joined token begins
  for (const Token& token : tokens) {
    if (token.kind != TokenKind::Joined &&
        (first == nullptr || first->begin != token.begin || first->text.size() < token.text.size())) {
      first = &token;
    }
    const Match* match = match_of(field, token.text);
    if (match == nullptr) continue;
    // "iphone 14" joined to "iphone14" adds nothing where only "ipho" is typed
    const bool joined = token.kind == TokenKind::Joined && first != nullptr && first->begin == token.begin;
    if (joined && match->kind == MatchKind::Prefix && first->text.size() >= match->word_bytes) continue;
    Mark mark{token.begin, token.end};
    const std::string_view original = text.substr(token.begin, token.end - token.begin);
    if (match->kind == MatchKind::Prefix && is_ascii(original) && original.size() == token.text.size()) {
      mark.end = mark.begin + match->word_bytes;
    }
    found.push_back(mark);
  }
  return merged(std::move(found));
}

std::string Highlighter::render(std::string_view text, const std::vector<Mark>& marks) const {
  std::size_t begin = 0;
  std::size_t end = text.size();
  if (text.size() > snippet_bytes) {
    const std::size_t first = marks.empty() ? 0 : marks.front().begin;
    begin = first > snippet_bytes / 4 ? cut_utf8(text, first - snippet_bytes / 4).size() : 0;
    end = begin + cut_utf8(text.substr(begin), snippet_bytes).size();
    for (const Mark& mark : marks) {
      if (mark.begin < end && mark.end > end) end = mark.end;
    }
  }
  std::string out = begin > 0 ? "…" : "";
  const auto append = [&](std::string_view part) {
    if (request_.highlight_html) {
      append_escaped_html(out, part);
    } else {
      out += part;
    }
  };
  std::size_t at = begin;
  for (const Mark& mark : marks) {
    if (mark.begin >= end) break;
    append(text.substr(at, mark.begin - at));
    out += request_.highlight_pre;
    append(text.substr(mark.begin, mark.end - mark.begin));
    out += request_.highlight_post;
    at = mark.end;
  }
  append(text.substr(at, end - at));
  if (end < text.size()) out += "…";
  return out;
}

std::vector<std::pair<std::string, std::string>> Highlighter::highlight(std::string_view product) const {
  std::vector<std::pair<std::string, std::string>> highlighted;
  const nlohmann::json parsed = nlohmann::json::parse(product, nullptr, false);
  if (!parsed.is_object()) return highlighted;
  for (const Field* field : search_fields(*context_.schema)) {
    const std::string text = text_at(parsed, *field);
    if (text.empty()) continue;
    const std::vector<Mark> found = marks(*field, text);
    if (found.empty() && field->number != context_.forward_field) continue;
    highlighted.emplace_back(field->name, render(text, found));
  }
  return highlighted;
}

}  // namespace aisle
