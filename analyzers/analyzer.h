// Which tokens does this text have? The same object serves documents and queries, so both sides always agree.
//
//   text --cut--> runs of letters, digits, and of scripts without spaces (these by ICU's dictionaries)
//        --each folded: NFKC + case fold + diacritics--> units --> words, their parts, joins of neighbours
//
// An apostrophe between letters is dropped ("women's" -> "womens"), except where the language elides
// (French "l'eau" -> "l", "eau"). Numbers have one spelling: "1,5" -> "1.5", "1,000" -> "1000".
// "c++", "c#" and "a+++" keep their signs.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace aisle {

// Raised whenever the tokens of any text change: it is part of a generation's identity.
inline constexpr int analyzer_version = 1;

enum class TokenKind : std::uint8_t {
  Word,    // a word as it stands: "iphone14", "steel", "手机"
  Part,    // a run of letters or of digits inside a mixed word: "iphone" and "14" of "iphone14"
  Joined,  // two neighbours with a letter/digit boundary between them, written together: "iphone14" of
           // "iphone 14", "17inch" of "17 inch", or two words with just a hyphen, an ampersand or an
           // apostrophe between them: "wifi" of "wi-fi", "hm" of "h&m"
};

struct Token {
  std::string text;        // folded
  std::uint32_t position;  // counts base units: unmixed words, and parts of mixed ones. A mixed or joined
                           // token stands at the position of its first unit
  std::uint32_t begin;     // byte range in the given text, [begin, end)
  std::uint32_t end;
  TokenKind kind;
  friend bool operator==(const Token&, const Token&) = default;
};

// Immutable after creation; all members may be called from any number of threads.
class Analyzer {
 public:
  static constexpr std::size_t text_bytes_max = 64 * 1024;  // longer text is cut, before normalisation
  static constexpr std::size_t token_bytes_max = 128;       // longer words are cut between code points
  static constexpr std::size_t combining_run_max = 30;      // further combining marks of one base are dropped
  static constexpr std::size_t parts_max =
      8;  // of one mixed word; further ones are left out, with their positions

  // `language`: ISO 639-1, one of languages(); "none" folds and segments, but neither stems nor knows stop
  // words. InvalidArgument names the nearest language.
  static Result<std::shared_ptr<const Analyzer>> create(std::string_view language);
  static std::vector<std::string> languages();

  virtual ~Analyzer() = default;

  // Document side: words, their parts and the joins, ordered by (position, kind, end). Offsets never go back
  // by position. Invalid UTF-8 in `text` is treated as a separator.
  virtual std::vector<Token> index_tokens(std::string_view text) const = 0;
  // Query side: only Word tokens, one a position counted 0, 1, 2...; mixed words are not split
  // (index_tokens() put their joined form into the index).
  virtual std::vector<Token> query_tokens(std::string_view text) const = 0;

  // The folded stem of a folded word; the word itself when the language has no stemmer, when the word is
  // shorter than three letters, or when it holds anything but letters.
  virtual std::string stem(std::string_view word) const = 0;
  // Is this folded word on the language's list of function words? Never, where the language has no list.
  virtual bool is_stop_word(std::string_view word) const = 0;
  virtual const std::string& language() const = 0;
};

// NFKC, case folded, diacritics removed (ß -> ss, é -> e, Ø -> o); stable: fold(fold(x)) == fold(x).
// Invalid UTF-8 becomes U+FFFD first. The caller bounds the length.
std::string fold(std::string_view text);

// Codes (SKU, EAN, model numbers): folded, then everything but letters and digits removed: "KDL-40 W600/B" ->
// "kdl40w600b".
std::string normalize_code(std::string_view text);

}  // namespace aisle
