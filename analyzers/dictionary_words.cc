#include "analyzers/dictionary_words.h"

#include <unicode/brkiter.h>
#include <unicode/utext.h>

#include <cassert>
#include <memory>
#include <string>

namespace aisle {
namespace {

// An iterator and its text are not thread-safe, and creating them costs far more than using them.
class WordIterator {
 public:
  WordIterator() : iterator_(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status_)) {}
  ~WordIterator() { utext_close(&text_); }
  WordIterator(const WordIterator&) = delete;
  WordIterator& operator=(const WordIterator&) = delete;

  UErrorCode status() const { return status_; }

  void words(std::string_view text, std::vector<std::uint32_t>& ends) {
    assert(U_SUCCESS(status_));  // check_dictionaries() comes first
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(&text_, text.data(), static_cast<std::int64_t>(text.size()), &status);
    iterator_->setText(&text_, status);
    assert(U_SUCCESS(status));
    iterator_->first();
    for (std::int32_t end = iterator_->next(); end != icu::BreakIterator::DONE; end = iterator_->next()) {
      ends.push_back(static_cast<std::uint32_t>(end));
    }
  }

 private:
  UErrorCode status_ = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> iterator_;
  UText text_ = UTEXT_INITIALIZER;
};

WordIterator& word_iterator() {
  thread_local WordIterator iterator;
  return iterator;
}

}  // namespace

Status check_dictionaries() {
  const UErrorCode status = word_iterator().status();
  if (U_SUCCESS(status)) return {};
  return fail(ErrorCode::FailedPrecondition,
              std::string("the word break data of icu cannot be loaded: ") + u_errorName(status));
}

void dictionary_words(std::string_view text, std::vector<std::uint32_t>& ends) {
  ends.clear();
  word_iterator().words(text, ends);
}

}  // namespace aisle
