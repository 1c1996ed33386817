#include "analyzers/segmenter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "analyzers/char_class.h"
#include "analyzers/code_point.h"
#include "analyzers/dictionary_words.h"
#include "analyzers/folding.h"
#include "analyzers/kana_width.h"
#include "analyzers/number_literal.h"

namespace aisle {
namespace {

constexpr std::size_t plus_run_max = 3;  // the energy class "a+++"

bool is_hyphen(std::int32_t c) {
  return c == '-' || c == 0x2010 || c == 0x2011 || c == 0xFF0D;
}
bool is_space(std::int32_t c) {
  return c == ' ' || c == 0x00A0 || c == 0x2009 || c == 0x202F || c == 0x3000;
}

// The separator inside a number that this code point may be, or 0.
char number_separator(std::int32_t c) {
  if (c == '.' || c == 0xFF0E) return '.';
  return c == ',' ? ',' : '\0';
}

// Of "ŉ", which folds to an apostrophe and n: dropped as it is between letters.
void drop_modifier_apostrophes(std::string& folded) {
  constexpr std::string_view apostrophe = "\xCA\xBC";  // U+02BC
  for (std::size_t at = 0; (at = folded.find(apostrophe, at)) != std::string::npos;)
    folded.erase(at, apostrophe.size());
}

bool is_inch(std::int32_t c) {
  return c == '"' || c == 0x201D || c == 0x2033 || c == 0xFF02;
}
bool is_foot(std::int32_t c) {
  return c == '\'' || c == 0x2019 || c == 0x2032;
}

class Segmenter {
 public:
  Segmenter(std::string_view text, std::span<const std::string_view> elisions, Segmentation& out)
      : text_(text), elisions_(elisions), out_(out) {}

  void run() {
    while (at_ < text_.size()) {
      const CodePoint next = code_point_at(text_, at_);
      switch (classes_.of(next.value)) {
        case CharClass::Letter:
          scan_letters();
          break;
        case CharClass::Digit:
          scan_number();
          break;
        case CharClass::Dictionary:
          scan_dictionary();
          break;
        case CharClass::Alone:
          add_alone(next.end);
          break;
        case CharClass::Separator:
        case CharClass::Mark:
        case CharClass::Apostrophe:
          at_ = next.end;
          break;
      }
    }
  }

 private:
  CharClass class_at(std::uint32_t at) const {
    return at < text_.size() ? classes_.of(code_point_at(text_, at).value) : CharClass::Separator;
  }

  std::uint32_t folded_size() const { return static_cast<std::uint32_t>(out_.folded.size()); }

  void scan_letters() {
    const std::uint32_t begin = at_;
    const std::uint32_t text_begin = folded_size();
    const std::size_t units_before = out_.units.size();
    const Gap gap = gap_before(begin, UnitKind::Letters);
    if (fold_letters(text_begin)) {
      add_unit({begin, at_, text_begin, folded_size(), UnitKind::Letters, gap});
    } else {
      out_.folded.resize(text_begin);
      std::string folded = fold_general(without_apostrophes(begin));
      drop_modifier_apostrophes(folded);
      add_pieces(folded, {begin, at_, 0, 0, UnitKind::Letters, gap});
    }
    if (out_.units.size() == units_before + 1) take_plus_or_sharp(out_.units.back());
  }

  // The text from `begin` to at_.
  std::string_view without_apostrophes(std::uint32_t begin) {
    scratch_.clear();
    for (std::uint32_t at = begin; at < at_;) {
      const CodePoint next = code_point_at(text_, at);
      if (classes_.of(next.value) != CharClass::Apostrophe) scratch_.append(text_, at, next.end - at);
      at = next.end;
    }
    return scratch_;
  }

  // Moves to the end of the run of letters and appends its folding. False when it needs ICU: then what was
  // appended is worthless.
  bool fold_letters(std::uint32_t text_begin) {
    bool simple = true;
    while (at_ < text_.size()) {
      const CodePoint next = code_point_at(text_, at_);
      const CharClass kind = classes_.of(next.value);
      if (kind == CharClass::Letter || kind == CharClass::Mark) {
        const std::string_view folded = foldings_.of(next.value);
        simple = simple && !folded.empty();
        out_.folded += folded;
      } else if (kind != CharClass::Apostrophe || class_at(next.end) != CharClass::Letter ||
                 is_elision(text_begin)) {
        break;
      }
      at_ = next.end;
    }
    return simple;
  }

  bool is_elision(std::uint32_t text_begin) const {
    const std::string_view word = std::string_view(out_.folded).substr(text_begin);
    return std::find(elisions_.begin(), elisions_.end(), word) != elisions_.end();
  }

  // "c++", "a+", "c#": signs that end a word of letters, a single one only after a single letter. `word` is
  // the last unit and ends at at_.
  void take_plus_or_sharp(Unit& word) {
    if (!is_sign(at_) || word.kind != UnitKind::Letters || word.gap == Gap::Same) return;
    std::uint32_t end = at_;
    while (is_sign(end) && text_[end] == text_[at_]) ++end;
    const std::size_t count = end - at_;
    const CharClass after = class_at(end);
    if (is_sign(end) || after == CharClass::Letter || after == CharClass::Digit) return;
    const bool single_letter = word.text_end - word.text_begin == 1;
    const std::size_t count_max = text_[at_] == '#' ? 1 : plus_run_max;
    if (count > count_max || (count == 1 && !single_letter)) return;
    out_.folded.append(text_, at_, count);
    at_ = end;
    word.text_end = folded_size();
    word.end = end;
  }

  bool is_sign(std::uint32_t at) const { return at < text_.size() && (text_[at] == '+' || text_[at] == '#'); }

  void scan_number() {
    const std::uint32_t begin = at_;
    read_digit_groups();
    const NumberReading reading = read_number(groups_);
    if (reading.groups < groups_.size()) list_end_ = groups_.back().end;
    const std::uint32_t text_begin = folded_size();
    for (std::size_t i = 0; i < reading.groups; ++i) {
      const DigitGroup& group = groups_[i];
      if (i > 0 && group.separator != reading.dropped) out_.folded += '.';
      append_digits(group);
    }
    at_ = groups_[reading.groups - 1].end;
    add_unit({begin, at_, text_begin, folded_size(), UnitKind::Digits, gap_before(begin, UnitKind::Digits),
              sign_at(at_)});
  }

  UnitSign sign_at(std::uint32_t at) const {
    if (at >= text_.size()) return UnitSign::None;
    const CodePoint sign = code_point_at(text_, at);
    if (is_inch(sign.value)) return UnitSign::Inch;
    if (!is_foot(sign.value)) return UnitSign::None;
    if (sign.end < text_.size() && is_foot(code_point_at(text_, sign.end).value))
      return UnitSign::Inch;                                                           // 27''
    return class_at(sign.end) == CharClass::Letter ? UnitSign::None : UnitSign::Foot;  // but the 90's
  }

  // Marks on digits (the keycap of an emoji) are dropped.
  void append_digits(const DigitGroup& group) {
    for (std::uint32_t at = group.begin; at < group.end;) {
      const CodePoint next = code_point_at(text_, at);
      if (classes_.of(next.value) == CharClass::Digit) {
        append_folded(out_.folded, text_.substr(at, next.end - at));
      }
      at = next.end;
    }
  }

  // Fills groups_ with the digits from at_ on and those behind dots and commas.
  void read_digit_groups() {
    groups_.clear();
    std::uint32_t at = at_;
    char separator = '\0';
    while (true) {
      DigitGroup group{at, at, 0, separator, text_[at] == '0'};
      for (CharClass kind = CharClass::Digit; kind == CharClass::Digit || kind == CharClass::Mark;
           kind = class_at(group.end)) {
        if (kind == CharClass::Digit) ++group.digits;
        group.end = code_point_at(text_, group.end).end;
      }
      groups_.push_back(group);
      if (group.end >= text_.size()) return;
      const CodePoint next = code_point_at(text_, group.end);
      separator = number_separator(next.value);
      const bool in_list = separator == ',' && group.end < list_end_;
      if (separator == '\0' || in_list || class_at(next.end) != CharClass::Digit) return;
      at = next.end;
    }
  }

  void scan_dictionary() {
    const std::uint32_t begin = at_;
    while (class_at(at_) == CharClass::Dictionary || class_at(at_) == CharClass::Mark) {
      at_ = code_point_at(text_, at_).end;
    }
    const std::string_view given = text_.substr(begin, at_ - begin);
    const bool widened = kana_.widen(given);
    const std::string_view run = widened ? kana_.text() : given;
    dictionary_words(run, ends_);
    std::uint32_t word = 0;
    std::uint32_t given_word = 0;
    for (const std::uint32_t end : ends_) {
      const std::uint32_t given_end = widened ? kana_.given_end(end) : end;
      scratch_.clear();
      append_folded(scratch_, run.substr(word, end - word));
      add_pieces(scratch_, {begin + given_word, begin + given_end, 0, 0, UnitKind::Dictionary, Gap::Far});
      word = end;
      given_word = given_end;
    }
  }

  // One character that stands for words of its own.
  void add_alone(std::uint32_t end) {
    const std::uint32_t begin = at_;
    at_ = end;
    add_pieces(fold_general(text_.substr(begin, end - begin)),
               {begin, end, 0, 0, UnitKind::Letters, Gap::Far});
    alone_end_ = end;
  }

  // Folding may have brought separators or a change of class: each run becomes a unit over the byte range of
  // `whole`, the first with its gap.
  void add_pieces(std::string_view folded, const Unit& whole) {
    Gap gap = whole.gap;
    bool first = true;
    for (std::uint32_t at = 0; at < folded.size();) {
      const CodePoint next = code_point_at(folded, at);
      const std::optional<UnitKind> kind = piece_kind(next.value);
      if (!kind) {
        if (!first) gap = Gap::Far;
        at = next.end;
        continue;
      }
      Unit unit = whole;
      if (*kind != UnitKind::Letters) unit.kind = *kind;
      unit.gap = unit.kind == UnitKind::Dictionary ? Gap::Far : gap;
      const std::uint32_t end = end_of_piece(folded, next.end, *kind);
      unit.text_begin = folded_size();
      out_.folded.append(folded, at, end - at);
      unit.text_end = folded_size();
      add_unit(unit);
      gap = unit.kind == UnitKind::Dictionary ? Gap::Far : Gap::Same;
      first = false;
      at = end;
    }
  }

  std::optional<UnitKind> piece_kind(std::int32_t c) const {
    switch (classes_.of(c)) {
      case CharClass::Letter:
        return UnitKind::Letters;
      case CharClass::Digit:
        return UnitKind::Digits;
      case CharClass::Dictionary:
        return UnitKind::Dictionary;
      case CharClass::Separator:
      case CharClass::Mark:
      case CharClass::Apostrophe:
      case CharClass::Alone:
        break;
    }
    return std::nullopt;
  }

  std::uint32_t end_of_piece(std::string_view folded, std::uint32_t at, UnitKind kind) const {
    while (at < folded.size()) {
      const CodePoint next = code_point_at(folded, at);
      if (classes_.of(next.value) != CharClass::Mark && piece_kind(next.value) != kind) break;
      at = next.end;
    }
    return at;
  }

  void add_unit(const Unit& unit) {
    if (unit.text_begin < unit.text_end) out_.units.push_back(unit);
  }

  // The gap of a unit that begins at `begin`, to the last one.
  Gap gap_before(std::uint32_t begin, UnitKind kind) const {
    if (out_.units.empty()) return Gap::Far;
    const Unit& last = out_.units.back();
    if (last.kind == UnitKind::Dictionary || last.end == alone_end_) return Gap::Far;
    if (last.end == begin) return Gap::Same;
    const CodePoint between = code_point_at(text_, last.end);
    if (between.end != begin) return Gap::Far;
    if (is_hyphen(between.value) || between.value == '&') return Gap::Glued;
    if (is_space(between.value)) return Gap::Space;
    if (classes_.of(between.value) == CharClass::Apostrophe && kind == UnitKind::Letters) {
      return last.kind == UnitKind::Digits ? Gap::Same : Gap::Glued;  // "90's" is a word, "l'eau" was parted
    }
    return Gap::Far;
  }

  const CharClasses& classes_ = CharClasses::get();
  const SimpleFoldings& foldings_ = SimpleFoldings::get();
  const std::string_view text_;
  const std::span<const std::string_view> elisions_;
  Segmentation& out_;
  std::uint32_t at_ = 0;
  std::uint32_t list_end_ = 0;   // commas before it separate numbers
  std::uint32_t alone_end_ = 0;  // end of the last character of class Alone
  std::vector<DigitGroup> groups_;
  std::vector<std::uint32_t> ends_;
  FullWidthKana kana_;
  std::string scratch_;
};

}  // namespace

void segment(std::string_view text, std::span<const std::string_view> elisions, Segmentation& out) {
  out.folded.clear();
  out.units.clear();
  Segmenter(text, elisions, out).run();
}

}  // namespace aisle
