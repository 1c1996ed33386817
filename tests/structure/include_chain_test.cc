// base <- analyzers <- schemas <- {indexer, query} <- server, and a third-party library in its own folder
// only.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/source_file.h"

namespace aisle::test {
namespace {

struct FolderRule {
  std::string_view folder;
  std::vector<std::string_view> may_include;
};

const std::vector<FolderRule>& folder_rules() {
  static const std::vector<FolderRule> rules = {
      {"base/", {"base/"}},
      {"analyzers/", {"base/", "analyzers/"}},
      {"schemas/", {"base/", "analyzers/", "schemas/"}},
      {"indexer/", {"base/", "analyzers/", "schemas/", "indexer/"}},
      {"query/", {"base/", "analyzers/", "schemas/", "query/"}},
      {"server/http/", {"base/", "server/http/"}},  // knows nothing of search
      {"server/", {"base/", "analyzers/", "schemas/", "indexer/", "query/", "server/"}}};
  return rules;
}

struct LibraryRule {
  std::string_view header;                  // how its headers begin
  std::vector<std::string_view> may_be_in;  // how the including file's path begins
  bool in_headers;
};

const std::vector<LibraryRule>& library_rules() {
  static const std::vector<LibraryRule> rules = {
      {"unicode/", {"analyzers/"}, true},
      {"libstemmer.h", {"analyzers/"}, false},
      {"xapian.h", {"schemas/", "indexer/", "query/shard_loader.cc"}, true},
      {"libpq-fe.h", {"indexer/postgres/"}, true},
      {"nats/", {"indexer/nats/"}, true},
      {"CLI/", {"server/"}, false},
      {"httplib.h", {"server/commands/", "server/membership/"}, false},
      {"openssl/", {"server/membership/"}, false},
      {"spdlog/", {"base/"}, false},
      {"prometheus/", {"base/"}, false},
      {"xxhash.h", {"base/"}, false},
      {"tl/", {"base/error.h"}, true},
      {"zlib.h", {"indexer/", "server/http/"}, false},
      {"emmintrin.h", {"query/byte_range.h"}, true},
      {"nlohmann/json_fwd.hpp", {"schemas/", "indexer/", "query/", "server/"}, true},
      {"nlohmann/", {"schemas/", "indexer/", "query/", "server/"}, false},
      {"fmt/", {""}, true}};
  return rules;
}

// Of the operating system: no library, allowed everywhere.
constexpr std::array<std::string_view, 10> system_headers = {
    "sys/", "netinet/", "arpa/", "unistd.h", "fcntl.h", "poll.h", "netdb.h", "pthread.h", "pwd.h", "dlfcn.h"};

bool begins_with_any(std::string_view text, const auto& beginnings) {
  return std::ranges::any_of(beginnings, [&](std::string_view some) { return text.starts_with(some); });
}

// What is wrong with one #include of the file at `path`; "" when nothing is.
std::string fault_of(std::string_view path, std::string_view header, bool quoted) {
  if (quoted) {
    const auto rule = std::ranges::find_if(
        folder_rules(), [&](const FolderRule& some) { return path.starts_with(some.folder); });
    if (rule == folder_rules().end()) return "lies in no known folder";
    return begins_with_any(header, rule->may_include)
               ? ""
               : std::string(rule->folder) + " must not know that folder";
  }
  const bool standard = header.find_first_of("/.") == std::string_view::npos;
  if (standard || begins_with_any(header, system_headers)) return "";
  const auto rule = std::ranges::find_if(
      library_rules(), [&](const LibraryRule& some) { return header.starts_with(some.header); });
  if (rule == library_rules().end()) return "is a library without a folder of its own: see library_rules()";
  if (!begins_with_any(path, rule->may_be_in)) return "belongs to " + std::string(rule->may_be_in.front());
  return rule->in_headers || !path.ends_with(".h") ? "" : "belongs into a .cc";
}

// One line for each wrong #include: which to delete and why.
std::vector<std::string> wrong_includes(const SourceFile& file) {
  std::vector<std::string> wrong;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < file.text.size();) {
    const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
    const std::string line = file.text.substr(begin, end - begin);
    begin = end + 1;
    ++number;
    if (!line.starts_with("#include")) continue;
    const std::size_t open = line.find_first_of("<\"");
    const std::size_t close = open == std::string::npos ? open : line.find_first_of(">\"", open + 1);
    if (close == std::string::npos) continue;
    const std::string fault = fault_of(file.path, line.substr(open + 1, close - open - 1), line[open] == '"');
    if (!fault.empty())
      wrong.push_back(file.path + ":" + std::to_string(number) + ": delete '" + line + "': " + fault);
  }
  return wrong;
}

std::size_t faults(std::string path, std::string text) {
  return wrong_includes({std::move(path), std::move(text)}).size();
}

TEST(IncludeChain, EveryIncludeOfTheProductPointsDownTheChain) {
  const std::vector<SourceFile> files = product_sources();
  ASSERT_GT(files.size(), 100U);
  for (const SourceFile& file : files) {
    for (const std::string& line : wrong_includes(file)) ADD_FAILURE() << line;
  }
}

TEST(IncludeChain, IndexerAndQueryAreStrangers) {
  EXPECT_EQ(faults("indexer/a.cc", "#include \"query/image.h\"\n"), 1U);
  EXPECT_EQ(faults("query/a.h", "#include \"indexer/op_log.h\"\n"), 1U);
}

TEST(IncludeChain, AnUpwardIncludeIsNamedWithItsLine) {
  const auto wrong = wrong_includes({"base/a.h", "#pragma once\n#include \"schemas/op.h\"\n"});
  ASSERT_EQ(wrong.size(), 1U);
  EXPECT_TRUE(wrong[0].starts_with("base/a.h:2: delete '#include \"schemas/op.h\"'")) << wrong[0];
  EXPECT_EQ(faults("server/http/framer.h", "#include \"server/service.h\"\n"), 1U);
  EXPECT_EQ(faults("server/service.h", "#include \"server/http/framer.h\"\n"), 0U);
}

TEST(IncludeChain, LibrariesStayInTheirFolders) {
  EXPECT_EQ(faults("query/search.cc", "#include <xapian.h>\n"), 1U);
  EXPECT_EQ(faults("query/shard_loader.cc", "#include <xapian.h>\n"), 0U);
  EXPECT_EQ(faults("indexer/file_source.cc", "#include <libpq-fe.h>\n"), 1U);
  EXPECT_EQ(faults("base/log.h", "#include <spdlog/spdlog.h>\n"), 1U);
  EXPECT_EQ(faults("base/log.cc", "#include <spdlog/spdlog.h>\n"), 0U);
  EXPECT_EQ(faults("query/facets.cc", "#include <boost/any.hpp>\n"), 1U);
  EXPECT_EQ(faults("query/facets.cc", "#include <vector>\n#include <sys/mman.h>\n"), 0U);
}

}  // namespace
}  // namespace aisle::test
