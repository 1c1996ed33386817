// How many edits a word may be off, by its length.
#pragma once

namespace aisle {

struct TypoLengths {
  int most = 2;      // edits; 0 = never
  int one_from = 4;  // code points a word needs for one
  int two_from = 8;  // and for two
  friend bool operator==(const TypoLengths&, const TypoLengths&) = default;
};

}  // namespace aisle
