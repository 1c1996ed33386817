// What a comparison of an index with its source found.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/op.h"

namespace aisle {

enum class Difference : std::uint8_t {
  None,
  Missing,    // in the source, not in the index
  Extra,      // in the index, not in the source
  Different,  // in both, with other content
};

struct VerifyReport {
  static constexpr std::size_t ids_max = 20;  // named of each kind; all are counted

  std::uint64_t checked = 0;  // products of the source and of the index, each once
  std::uint64_t missing = 0;
  std::uint64_t extra = 0;
  std::uint64_t different = 0;
  std::uint64_t refused = 0;   // products of the source that cannot be indexed: dead letters, no differences
  std::uint64_t repaired = 0;  // differences found by the first pass and gone in the last
  std::vector<std::string> missing_ids;  // the first of each kind
  std::vector<std::string> extra_ids;
  std::vector<std::string> different_ids;
  Lsn lsn = 0;  // no comparison is older than this position of the source; 0 for a file
  double seconds = 0;

  std::uint64_t differences() const { return missing + extra + different; }
  void add(Difference difference, const std::string& id);
  std::string json() const;
};

}  // namespace aisle
