// Which tokens does this text have? The same object serves documents and queries, so both sides always agree.
//
//   text --cut--> runs of letters, of digits, and ICU's dictionary words (CJK, Thai) --fold each--> units
//        --letter/digit boundaries--> words, parts and joins --> tokens
//
// Words as shoppers type them: "women's" -> womens · "3.5" and "3,5" -> 3.5 · "1,000" -> 1000 · "c++", "c#"
// as they stand · "h&m" -> h, m and the join hm · "½" -> 1, 2 · French and Italian "l'eau" -> l, eau and the
// join leau.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

// Raised whenever the tokens of any text change: it is part of a generation's identity.
inline constexpr int analyzer_version = 2;

enum class TokenKind : std::uint8_t {
  Word,    // a word as it stands: "iphone14", "steel", "手机"
  Part,    // a run of letters or of digits inside a mixed word: "iphone" and "14" of "iphone14"
  Joined,  // neighbours written together: two words with one space between them where letters meet digits
           // ("17inch" of "17 inch"), two words joined by exactly a hyphen or an ampersand ("wifi" of
           // "wi-fi", "hm" of "h&m"), and rows of three or four such words as a whole ("allinone" of
           // "all-in-one"), "27in" of 27" and "6ft" of 6', and each two neighbouring Han characters of a
           // longer row
};

struct Token {
  std::string text;  // folded
  // Counts base units: unmixed words, and parts of mixed ones (at most eight; what follows them is found by
  // the whole word only). A mixed or joined token stands at the position of its first unit.
  std::uint32_t position;
  // Byte range in the given text, [begin, end). All words of one character (½) have its range.
  std::uint32_t begin;
  std::uint32_t end;
  TokenKind kind;
  friend bool operator==(const Token&, const Token&) = default;
};

// Immutable after creation; all members may be called from any number of threads.
class Analyzer {
 public:
  static constexpr std::size_t text_bytes_max = 64UL * 1024;  // longer text is cut, before normalisation
  static constexpr std::size_t token_bytes_max = 128;         // longer words are cut between code points
  static constexpr std::size_t combining_run_max = 30;  // further combining marks of one base are dropped

  // `language`: ISO 639-1, one of languages(); "none" folds and segments, but neither stems nor knows stop
  // words. InvalidArgument names the nearest language. FailedPrecondition: data of ICU or libstemmer are
  // missing.
  static Result<std::shared_ptr<const Analyzer>> create(std::string_view language);
  static std::vector<std::string> languages();

  virtual ~Analyzer() = default;

  // Document side: words, their parts and the joins, ordered by (position, kind, end). Offsets never go back
  // by position. Invalid UTF-8 in `text` is treated as a separator.
  virtual std::vector<Token> index_tokens(std::string_view text) const = 0;
  // Query side: only Word tokens, one a position counted 0, 1, 2...; mixed words are not split
  // (index_tokens() put their joined form into the index).
  virtual std::vector<Token> query_tokens(std::string_view text) const = 0;

  // The stem of a folded word; the word itself when the language has no stemmer (tr, zh, ja, ko, th, none),
  // or the word is shorter than three letters or holds anything but letters (digits, "c++", words of
  // dictionaries).
  virtual std::string stem(std::string_view word) const = 0;
  virtual bool is_stop_word(std::string_view word) const = 0;
  virtual const std::string& language() const = 0;
};

// NFKC, case folded, digits of every script as ASCII, accents of Latin, Greek and Cyrillic letters removed
// (ß -> ss, é -> e, Ø -> o, ı -> i, but й stays й); marks of other scripts stay (が is not か).
// Stable: fold(fold(x)) == fold(x). Invalid UTF-8 becomes U+FFFD first. The caller bounds the length.
std::string fold(std::string_view text);

// Codes (SKU, EAN, model numbers): folded, then everything but letters and digits removed:
// "KDL-40 W600/B" -> "kdl40w600b".
std::string normalize_code(std::string_view text);

}  // namespace aisle
