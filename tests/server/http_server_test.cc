#include "server/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/http/gzip.h"
#include "server/http/http_metrics.h"
#include "tests/support/http_fixture.h"
#include "tests/support/raw_http.h"

namespace aisle {
namespace {

using namespace std::chrono_literals;
using test::get_request;
using test::HttpFixture;
using test::post_request;
using test::RawHttp;
using testing::HasSubstr;
using testing::Not;

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  for (int i = 0; i < 200; ++i) {
    const auto response = client.ask(post_request("/echo", "body " + std::to_string(i)));
    ASSERT_TRUE(response) << i;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "body " + std::to_string(i));
  }
}

TEST(HttpServer, HeadsCarryIdAndSafetyAndNothingAboutTheServer) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  const auto response = client.ask(get_request("/livez", "X-Request-Id: shop-1.a_b\r\n"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.at("x-request-id"), "shop-1.a_b");
  EXPECT_EQ(response->headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(response->headers.at("content-type"), "text/plain");
  EXPECT_TRUE(response->headers.contains("date"));
  EXPECT_FALSE(response->headers.contains("server"));
  EXPECT_FALSE(response->headers.contains("connection"));
}

TEST(HttpServer, DecodesPathParametersAndKeepsTheQueryStringAsItCame) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  EXPECT_EQ(client.ask(get_request("/items/a%2Fb%20%C3%A4+c"))->body, "a/b ä+c");
  EXPECT_EQ(client.ask(get_request("/query?q=a%20b&x"))->body, "q=a%20b&x");
}

TEST(HttpServer, TellsMissingPathsFromMethodsThatAreNotAllowed) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  const auto missing = client.ask(get_request("/nothing", "X-Request-Id: id1\r\n"));
  EXPECT_EQ(missing->status, 404);
  EXPECT_EQ(missing->body,
            R"({"error":{"code":"not_found","message":"there is nothing at this path","request_id":"id1"}})");
  const auto refused = client.ask("DELETE /echo HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(refused->status, 405);
  EXPECT_EQ(refused->headers.at("allow"), "GET, HEAD, POST, OPTIONS");
}

TEST(HttpServer, AnswersHeadWithTheLengthAndNoBody) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  client.send("HEAD /livez HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto response = client.read(true);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->headers.at("content-length"), "2");
  EXPECT_EQ(client.ask(get_request("/livez"))->body, "ok");
}

TEST(HttpServer, LeavesOptionsToItsOwnerAndAnswersThemOtherwise) {
  HttpFixture plain;
  RawHttp client(plain.start());
  const auto response = client.ask("OPTIONS /livez HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(response->status, 204);
  EXPECT_EQ(response->headers.at("allow"), "GET, HEAD, OPTIONS");
  EXPECT_FALSE(response->headers.contains("content-length"));
  EXPECT_EQ(client.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")->status, 204);
  EXPECT_EQ(client.ask("OPTIONS /nothing HTTP/1.1\r\nHost: h\r\n\r\n")->status, 404);

  HttpFixture owned;
  owned.server.set_hooks({.options = [](const HttpRequest& request) {
    return HttpResponse{.status = 200, .body = std::string(request.header("origin").value_or(""))};
  }});
  RawHttp browser(owned.start());
  EXPECT_EQ(browser.ask("OPTIONS /livez HTTP/1.1\r\nHost: h\r\nOrigin: https://shop\r\n\r\n")->body,
            "https://shop");
}

TEST(HttpServer, HooksSeeEveryAnswerAndShapeErrors) {
  std::mutex mutex;
  std::vector<std::string> log;
  {
    HttpFixture fixture;
    fixture.server.set_hooks(
        {.render_error =
             [](const HttpError& error) {
               return HttpResponse{.status = error.status,
                                   .body = error.path + "!" + std::string(error.code)};
             },
         .before_answer = [](const HttpRequest&,
                             HttpResponse& response) { response.headers.emplace_back("Vary", "Origin"); },
         .after_answer =
             [&](const HttpRequest& request, const HttpResponse& response, std::chrono::nanoseconds) {
               const std::lock_guard lock(mutex);
               log.push_back(request.path + " " + std::to_string(response.status));
             }});
    RawHttp client(fixture.start());
    EXPECT_EQ(client.ask(get_request("/livez"))->headers.at("vary"), "Origin");
    const auto missing = client.ask(get_request("/1/x?y"));
    EXPECT_EQ(missing->body, "/1/x!not_found");
    EXPECT_EQ(missing->headers.at("vary"), "Origin");
    EXPECT_EQ(client.ask(get_request("/livez", "Host: two\r\n"))->body, "/livez!bad_request");
  }
  EXPECT_THAT(log, testing::ElementsAre("/livez 200", "/1/x 404"));
}

TEST(HttpServer, HandlersThatThrowAnswerWithoutDetail) {
  HttpFixture fixture;
  fixture.add("GET", "/throw-int", {}, [](const HttpRequest&) -> HttpResponse { throw 42; });
  RawHttp client(fixture.start());
  for (const char* path : {"/throw", "/throw-int"}) {
    const auto response = client.ask(get_request(path));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 500);
    EXPECT_THAT(response->body, HasSubstr(R"("code":"internal")"));
    EXPECT_THAT(response->head + response->body, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
}

TEST(HttpServer, CompressesLongTextForThoseWhoTakeIt) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  const std::string text(5000, 'a');
  const auto packed = client.ask(post_request("/echo", text, "Accept-Encoding: br, gzip;q=0.5\r\n"));
  EXPECT_EQ(packed->headers.at("content-encoding"), "gzip");
  EXPECT_EQ(packed->headers.at("vary"), "Accept-Encoding");
  EXPECT_LT(packed->body.size(), 500U);
  EXPECT_EQ(gunzip(packed->body, 10'000).value(), text);
  const auto plain = client.ask(post_request("/echo", text, "Accept-Encoding: gzip;q=0\r\n"));
  EXPECT_FALSE(plain->headers.contains("content-encoding"));
  EXPECT_EQ(plain->body, text);
  const auto tiny = client.ask(post_request("/echo", "short", "Accept-Encoding: gzip\r\n"));
  EXPECT_EQ(tiny->body, "short");
}

TEST(HttpServer, InflatesRequestsWhereTheRouteTakesThem) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  const std::string packed = gzip("{\"compressed\":true}").value();
  const auto response = client.ask(post_request("/small", packed, "Content-Encoding: gzip\r\n"));
  EXPECT_EQ(response->body, "{\"compressed\":true}");
  EXPECT_EQ(client.ask(post_request("/small", "no gzip", "Content-Encoding: gzip\r\n"))->status, 400);
  EXPECT_EQ(client.ask(post_request("/small", packed.substr(0, 20), "Content-Encoding: gzip\r\n"))->status,
            400);
}

TEST(HttpServer, HandlersGetADeadlineOfTheirRoute) {
  HttpFixture fixture;
  fixture.add("GET", "/deadline", {.time_max = 40s}, [](const HttpRequest& request) {
    return HttpResponse{.body = std::to_string(request.deadline.remaining().count())};
  });
  RawHttp client(fixture.start());
  const int left = std::stoi(client.ask(get_request("/deadline"))->body);
  EXPECT_GT(left, 30'000);
  EXPECT_LE(left, 40'000);
}

TEST(HttpServer, IllegalHeadersOfAHandlerNeverReachTheWire) {
  HttpFixture fixture;
  fixture.add("GET", "/inject", {}, [](const HttpRequest&) {
    return HttpResponse{
        .headers = {{"X-Bad", "a\r\nSet-Cookie: b"}, {"X Bad", "c"}, {"Connection", "d"}, {"X-Good", "e"}}};
  });
  RawHttp client(fixture.start());
  const auto response = client.ask(get_request("/inject"));
  EXPECT_EQ(response->headers.at("x-good"), "e");
  EXPECT_THAT(response->head, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(response->head, Not(HasSubstr("X Bad")));
  EXPECT_FALSE(response->headers.contains("connection"));
}

TEST(HttpServer, DrainingAnswersCloseTheirConnections) {
  HttpFixture fixture;
  RawHttp client(fixture.start());
  EXPECT_FALSE(client.ask(get_request("/livez"))->headers.contains("connection"));
  fixture.server.drain();
  EXPECT_TRUE(fixture.server.draining());
  EXPECT_EQ(client.ask(get_request("/livez"))->headers.at("connection"), "close");
  EXPECT_TRUE(client.closed_within(2s));
  RawHttp late(fixture.server.port());
  EXPECT_EQ(late.ask(get_request("/livez"))->status, 200);
}

TEST(HttpServer, RefusesAddressesItMayNotListenOn) {
  HttpConfig open = test::test_config();
  open.bind_address = "0.0.0.0";
  open.loopback_only = true;
  EXPECT_EQ(HttpServer(open).start().error().code, ErrorCode::FailedPrecondition);
  HttpConfig nonsense = test::test_config();
  nonsense.bind_address = "no such host.invalid";
  EXPECT_EQ(HttpServer(nonsense).start().error().code, ErrorCode::InvalidArgument);
  HttpFixture holder;
  HttpConfig taken = test::test_config();
  taken.port = holder.start();
  EXPECT_EQ(HttpServer(taken).start().error().code, ErrorCode::Unavailable);
}

TEST(HttpServer, RoutesAreFixedOnceStarted) {
  HttpFixture fixture;
  EXPECT_EQ(fixture.server.route("GET", "/livez", {}, [](const HttpRequest&) { return HttpResponse{}; })
                .error()
                .code,
            ErrorCode::Conflict);
  fixture.start();
  EXPECT_FALSE(fixture.server.route("GET", "/late", {}, [](const HttpRequest&) { return HttpResponse{}; }));
}

TEST(HttpServer, CountsRequestsByRouteMethodAndCode) {
  HttpFixture fixture;
  fixture.add("GET", "/counted/{x}", {}, [](const HttpRequest&) { return HttpResponse{.status = 202}; });
  RawHttp client(fixture.start());
  client.ask(get_request("/counted/1"));
  client.ask(get_request("/counted/2"));
  client.ask(get_request("/livez", "Connection: close\r\n"));
  ASSERT_TRUE(client.closed_within(2s));
  const std::string metrics = render_metrics();
  EXPECT_THAT(metrics,
              HasSubstr(R"(aisle_http_requests_total{code="202",method="GET",route="/counted/{x}"} 2)"));
  EXPECT_THAT(
      metrics,
      HasSubstr(R"(aisle_http_request_duration_seconds_count{code_class="2xx",route="/counted/{x}"} 2)"));
  EXPECT_THAT(metrics, HasSubstr(R"(aisle_http_connections{listener="public",state="idle"})"));
}

}  // namespace
}  // namespace aisle
