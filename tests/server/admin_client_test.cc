#include "server/commands/admin_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "server/http/http_server.h"
#include "server/wire_error.h"
#include "tests/support/temporary_folder.h"

namespace aisle::test {
namespace {

using ::testing::HasSubstr;

class AdminClientTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.route("POST", "/admin/v1/indexes/{index}/echo", {}, [](const HttpRequest& request) {
      return HttpResponse{.body = "{\"index\":\"" + request.path_parameters.at("index") +
                                  "\",\"body\":" + request.body + "}"};
    }));
    ASSERT_TRUE(server_.route("GET", "/refused", {}, [](const HttpRequest& request) {
      return refuse({ErrorCode::FailedPrecondition, "a reindex is running"}, request.request_id);
    }));
    ASSERT_TRUE(server_.route("GET", "/text", {}, [](const HttpRequest&) {
      return HttpResponse{.content_type = "text/plain", .body = "hello"};
    }));
    ASSERT_TRUE(server_.start());
  }
  AdminPlace place() const {
    return {.url = "http://127.0.0.1:" + std::to_string(server_.port()), .config = ""};
  }

  HttpServer server_{HttpConfig()};
};

TEST_F(AdminClientTest, SendsAndReadsJson) {
  const auto client = AdminClient::of(place());
  ASSERT_TRUE(client) << client.error().message;
  const auto answer = client->post(admin_path("products", "echo"), {{"shards", 4}});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ((*answer)["index"], "products");
  EXPECT_EQ((*answer)["body"]["shards"], 4);
}

TEST_F(AdminClientTest, GivesTheRefusalsOfTheServiceOn) {
  const auto client = AdminClient::of(place());
  const auto refused = client->get("/refused");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::FailedPrecondition);
  EXPECT_EQ(refused.error().message, "a reindex is running");
  EXPECT_EQ(client->get("/nowhere").error().code, ErrorCode::NotFound);
  EXPECT_THAT(client->get("/text").error().message, HasSubstr("answered 200 without JSON"));
}

TEST_F(AdminClientTest, SaysWhenNobodyListens) {
  const AdminPlace gone = place();
  ASSERT_TRUE(server_.stop(Deadline::after(std::chrono::seconds(5))));
  const auto answer = AdminClient::of(gone)->get("/refused");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Unavailable);
  EXPECT_THAT(answer.error().message, HasSubstr(gone.url));
}

TEST(AdminPlaceTest, IsTheOneOfTheConfigurationUnlessNamed) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "config.json";
  ASSERT_TRUE(write_file_atomically(file, R"({"schema": "s.json", "admin": {"port": 9123}})"));
  EXPECT_EQ(AdminClient::of({.url = "", .config = file})->url(), "http://127.0.0.1:9123");
  EXPECT_EQ(AdminClient::of({})->url(), "http://127.0.0.1:8701");
  EXPECT_FALSE(AdminClient::of({.url = "ftp://x", .config = ""}));
  ASSERT_TRUE(write_file_atomically(file, R"({"schema": "s.json", "admin": {"port": 0}})"));
  EXPECT_THAT(AdminClient::of({.url = "", .config = file}).error().message, HasSubstr("--admin"));
}

}  // namespace
}  // namespace aisle::test
