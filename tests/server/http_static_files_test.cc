#include "server/http/static_files.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/file.h"
#include "tests/support/http_fixture.h"
#include "tests/support/raw_http.h"
#include "tests/support/temporary_folder.h"

namespace aisle {
namespace {

using test::get_request;
using test::HttpFixture;
using test::RawHttp;

class StaticFilesTest : public testing::Test {
 protected:
  StaticFilesTest() {
    std::filesystem::create_directory(folder.path() / "app");
    EXPECT_TRUE(write_file_atomically(folder.path() / "index.html", "<p>hello</p>"));
    EXPECT_TRUE(write_file_atomically(folder.path() / "app" / "main.js", "let a = 1;"));
    EXPECT_TRUE(write_file_atomically(folder.path() / "app" / "index.html", "<p>app</p>"));
    EXPECT_TRUE(write_file_atomically(folder.path() / ".secret", "hidden"));
    std::filesystem::create_symlink("/etc/passwd", folder.path() / "passwd.txt");
    auto files = StaticFiles::load(folder.path());
    EXPECT_TRUE(files) << files.error().message;
    EXPECT_TRUE(mount(fixture.server, "/console", std::make_shared<const StaticFiles>(std::move(*files))));
    port = fixture.start();
  }
  test::TemporaryFolder folder;
  HttpFixture fixture;
  std::uint16_t port = 0;
};

TEST_F(StaticFilesTest, ServesFilesWithTheirTypeAndPolicy) {
  RawHttp client(port);
  const auto page = client.ask(get_request("/console/"));
  EXPECT_EQ(page->body, "<p>hello</p>");
  EXPECT_EQ(page->headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page->headers.at("content-security-policy"),
            "default-src 'self'; style-src 'self'; img-src 'self' data:");
  EXPECT_EQ(page->headers.at("x-content-type-options"), "nosniff");
  const auto script = client.ask(get_request("/console/app/main.js"));
  EXPECT_EQ(script->body, "let a = 1;");
  EXPECT_EQ(script->headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(client.ask(get_request("/console/app/"))->body, "<p>app</p>");
}

TEST_F(StaticFilesTest, BarePrefixIsRedirectedToItsSlash) {
  RawHttp client(port);
  const auto response = client.ask(get_request("/console"));
  EXPECT_EQ(response->status, 308);
  EXPECT_EQ(response->headers.at("location"), "/console/");
}

TEST_F(StaticFilesTest, UnchangedFilesAreNotSentAgain) {
  RawHttp client(port);
  const std::string etag = client.ask(get_request("/console/"))->headers.at("etag");
  const auto again = client.ask(get_request("/console/", "If-None-Match: \"other\", " + etag + "\r\n"));
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
  EXPECT_EQ(again->headers.at("etag"), etag);
  EXPECT_EQ(client.ask(get_request("/console/", "If-None-Match: \"other\"\r\n"))->status, 200);
  EXPECT_NE(client.ask(get_request("/console/app/main.js"))->headers.at("etag"), etag);
}

TEST_F(StaticFilesTest, NothingOutsideTheTreeIsServed) {
  RawHttp client(port);
  for (const char* path : {"/console/../../etc/passwd", "/console/%2e%2e/x", "/console/a%00"}) {
    EXPECT_EQ(client.ask(get_request(path))->status, 400) << path;
  }
  for (const char* path :
       {"/console/.secret", "/console/passwd.txt", "/console/app", "/console/..%2f..%2fetc%2fpasswd",
        "/console//etc/passwd", "/console/app%5c..%5cmain.js"}) {
    EXPECT_EQ(client.ask(get_request(path))->status, 404) << path;
  }
}

TEST_F(StaticFilesTest, FilesAreReadOnceAtStart) {
  ASSERT_TRUE(write_file_atomically(folder.path() / "index.html", "changed"));
  RawHttp client(port);
  EXPECT_EQ(client.ask(get_request("/console/"))->body, "<p>hello</p>");
}

TEST(StaticFiles, AMissingFolderIsAnError) {
  EXPECT_EQ(StaticFiles::load("/no/such/folder").error().code, ErrorCode::NotFound);
}

}  // namespace
}  // namespace aisle
