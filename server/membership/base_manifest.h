// A base: the files of all shards of a generation as they were between two commits, for a node that has none.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "schemas/index_state.h"

namespace aisle {

struct BaseFile {
  std::uint32_t shard = 0;
  std::string name;  // without a folder
  std::uint64_t bytes = 0;
  std::string sha256;
  friend bool operator==(const BaseFile&, const BaseFile&) = default;
};

struct BaseManifest {
  std::string id;  // of this copy
  GenerationRef generation;
  std::string schema;  // its text
  std::vector<BaseFile> files;
  friend bool operator==(const BaseManifest&, const BaseManifest&) = default;
};

// JSON. decode: DataLoss with a JSON pointer; refuses names that lead out of a folder and shards that are
// none.
std::string encode_base(const BaseManifest& manifest);
Result<BaseManifest> decode_base(std::string_view text);

// Letters, digits, '.', '_' and '-', and no point first.
bool is_base_file_name(std::string_view name);

}  // namespace aisle
