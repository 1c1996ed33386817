// SHA-256, for files that travel between nodes.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct evp_md_ctx_st;  // of OpenSSL

namespace aisle {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  std::string finish();  // 64 lower-case hex digits; once

 private:
  evp_md_ctx_st* context_;
};

Result<std::string> sha256_of_file(const std::filesystem::path& file);

}  // namespace aisle
