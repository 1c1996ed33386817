// What hostile and broken clients send, one line of the catalogue a test. E numbers are those of
// docs/http.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "server/http/gzip.h"
#include "server/http/static_files.h"
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

class HttpAbuse : public testing::Test {
 protected:
  HttpAbuse() : port(fixture.start()) {}

  // Sends it on a connection of its own, expects that status and then the end of the connection, and that the
  // next client is served as ever.
  void expect_refused(std::string_view bytes, int status) {
    RawHttp client(port);
    const auto response = client.ask(bytes);
    ASSERT_TRUE(response) << bytes.substr(0, 100);
    EXPECT_EQ(response->status, status) << bytes.substr(0, 100);
    EXPECT_EQ(response->headers.at("connection"), "close");
    EXPECT_THAT(response->body, HasSubstr(R"({"error":{"code":")"));
    EXPECT_TRUE(client.closed_within(2s)) << bytes.substr(0, 100);
    RawHttp next(port);
    EXPECT_EQ(next.ask(get_request("/livez"))->status, 200);
  }

  HttpFixture fixture;
  const std::uint16_t port;
};

std::string post_head(std::string_view lines) {
  return "POST /small HTTP/1.1\r\nHost: h\r\n" + std::string(lines);
}

TEST_F(HttpAbuse, E1RandomBytesAndTlsHellosAreRefused) {
  expect_refused("\x80\x90\xa0\xff\xfe random \x01\x02", 400);
  expect_refused(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400);
}

TEST_F(HttpAbuse, E2LongRequestLineIs414) {
  expect_refused("GET /" + std::string(8200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414);
}

TEST_F(HttpAbuse, E3LongHeaderOrHeadIs431) {
  expect_refused(get_request("/livez", "A: " + std::string(8200, 'a') + "\r\n"), 431);
  expect_refused(get_request("/livez", "A: " + std::string(8000, 'a') + "\r\nB: " + std::string(8000, 'b') +
                                           "\r\nC: " + std::string(1000, 'c') + "\r\n"),
                 431);
}

TEST_F(HttpAbuse, E4TooManyHeadersIs431) {
  std::string hundred;
  for (int i = 0; i < 99; ++i) hundred += "A: b\r\n";  // and the Host
  RawHttp client(port);
  EXPECT_EQ(client.ask(get_request("/livez", hundred))->status, 200);
  expect_refused(get_request("/livez", hundred + "A: b\r\n"), 431);
}

TEST_F(HttpAbuse, E5EndlessHeadersEndAtTheCap) {
  RawHttp client(port);
  client.send("GET /livez HTTP/1.1\r\nHost: h\r\n");
  const std::string line = "X-Long: " + std::string(1000, 'x') + "\r\n";
  for (int i = 0; i < 1000 && client.send(line); ++i) {
  }
  const auto response = client.read();
  if (response) {  // a client that goes on writing may be reset instead
    EXPECT_EQ(response->status, 431);
  }
  EXPECT_TRUE(client.closed_within(2s));
}

TEST_F(HttpAbuse, E10E11AmbiguousLengthsAreRefused) {
  expect_refused(post_head("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400);
  expect_refused(post_head("Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), 400);
  expect_refused(post_head("Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd"), 400);
}

TEST_F(HttpAbuse, E12OddLengthsAreRefusedAndHugeOnesWithoutReadingThem) {
  for (const char* length : {"-1", "+5", "0x5", "5 5", ""}) {
    expect_refused(post_head("Content-Length: " + std::string(length) + "\r\n\r\n"), 400);
  }
  expect_refused(post_head("Content-Length: 5000000000\r\n\r\n"), 413);
  expect_refused(post_head("Content-Length: 101\r\n\r\n"), 413);
}

TEST_F(HttpAbuse, E13ChunkedBodiesAreTakenStrictly) {
  RawHttp client(port);
  EXPECT_EQ(client.ask(post_head("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"))->body, "{}");
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
  expect_refused(post_head("Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n"), 400);
  expect_refused(post_head("Transfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\n\r\n"), 400);
  expect_refused(post_head("Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n"), 400);
  expect_refused(post_head("Transfer-Encoding: gzip, chunked\r\n\r\n"), 411);
  std::string endless = post_head("Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 200; ++i) endless += "1\r\nx\r\n";
  expect_refused(endless, 413);
}

TEST_F(HttpAbuse, E14BodyOfAGetIsConsumedAndAnsweredOnce) {
  RawHttp client(port);
  const std::string inner = "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n";
  client.send("GET /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(inner.size()) +
              "\r\n\r\n");
  EXPECT_EQ(client.pending(100ms), "");
  EXPECT_EQ(client.ask(inner)->body, "get" + inner);
  EXPECT_EQ(client.pending(100ms), "");
}

TEST_F(HttpAbuse, E15PipelinedRequestsAreAnsweredInOrder) {
  RawHttp client(port);
  client.send(get_request("/items/1") + get_request("/items/2") + get_request("/items/3"));
  for (const char* wanted : {"1", "2", "3"}) EXPECT_EQ(client.read()->body, wanted);
}

TEST_F(HttpAbuse, E16TenThousandPipelinedRequestsStarveNobody) {
  RawHttp greedy(port);
  std::thread writer([&] {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += get_request("/items/" + std::to_string(i));
    greedy.send(many, 20s);
  });
  EXPECT_EQ(greedy.read()->body, "0");
  const auto begin = std::chrono::steady_clock::now();
  RawHttp other(port);
  EXPECT_EQ(other.ask(get_request("/livez"))->status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  for (int i = 1; i < 10'000; ++i) {
    const auto response = greedy.read();
    if (!response || response->body != std::to_string(i)) {
      ADD_FAILURE() << "answer " << i;
      break;
    }
  }
  writer.join();
}

TEST_F(HttpAbuse, E17FoldedHeadersSpacesBeforeColonsAndBareLineFeedsAreRefused) {
  expect_refused(get_request("/livez", "A: b\r\n c\r\n"), 400);
  expect_refused(get_request("/livez", "A : b\r\n"), 400);
  expect_refused("GET /livez HTTP/1.1\nHost: h\n\n", 400);
}

TEST_F(HttpAbuse, E18OneHostIsNeeded) {
  expect_refused("GET /livez HTTP/1.1\r\n\r\n", 400);
  expect_refused(get_request("/livez", "Host: two\r\n"), 400);
}

TEST_F(HttpAbuse, E19LineBreaksNeverComeBack) {
  expect_refused(get_request("/livez", "X-Request-Id: a\rb\r\n"), 400);
  expect_refused(get_request("/livez", std::string("X-Request-Id: a\0b\r\n", 19)), 400);
  RawHttp client(port);
  for (const std::string& id :
       {std::string("a%0d%0aSet-Cookie:%20x"), std::string("a b"), std::string(65, 'a')}) {
    const auto response = client.ask(get_request("/livez", "X-Request-Id: " + id + "\r\n"));
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->headers.at("x-request-id").size(), 36U);
    EXPECT_THAT(response->head, Not(HasSubstr("Set-Cookie")));
  }
}

TEST_F(HttpAbuse, E20ClientsCannotClaimAnAddress) {
  RawHttp client(port);
  const auto response =
      client.ask(get_request("/headers", "REMOTE_ADDR: 6.6.6.6\r\nREMOTE-ADDR: 6.6.6.6\r\n"));
  EXPECT_EQ(response->body, "remote=127.0.0.1\nhost=test\n");
}

TEST_F(HttpAbuse, E21GzipBombsEndAtTheLimit) {
  const std::string bomb = gzip(std::string(std::size_t{20} << 20U, '\0')).value();
  HttpFixture larger;
  larger.add("POST", "/bulk", {.body_bytes_max = std::size_t{1} << 20U, .accepts_gzip = true},
             [](const HttpRequest& request) { return HttpResponse{.body = request.body}; });
  RawHttp client(larger.start());
  EXPECT_EQ(client.ask(post_request("/bulk", bomb, "Content-Encoding: gzip\r\n"))->status, 413);
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
  EXPECT_EQ(client.ask(post_request("/echo", bomb, "Content-Encoding: gzip\r\n"))->status, 415);
  RawHttp brotli(larger.server.port());
  EXPECT_EQ(brotli.ask(post_request("/bulk", "x", "Content-Encoding: br\r\n"))->status, 415);
}

TEST_F(HttpAbuse, E22StrangeMethodsAreToldSo) {
  for (const char* method : {"TRACE", "CONNECT", "PRI"}) {
    RawHttp client(port);
    const auto response = client.ask(std::string(method) + " /livez HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(response->status, 405);
    EXPECT_EQ(response->headers.at("allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  expect_refused("BREW /pot HTTP/1.1\r\nHost: h\r\n\r\n", 501);
}

TEST_F(HttpAbuse, E23OtherVersionsAreToldSo) {
  expect_refused("GET /livez\r\n", 400);
  expect_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
  expect_refused("GET /livez HTTP/3.7\r\n\r\n", 505);
}

TEST_F(HttpAbuse, E24ExpectationsAreMetOnlyForBodiesThatWillBeTaken) {
  expect_refused(post_head("Content-Length: 5000000000\r\nExpect: 100-continue\r\n\r\n"), 413);
  expect_refused(post_head("Content-Length: 2\r\nExpect: x\r\n\r\n"), 417);
  RawHttp client(port);
  client.send(post_head("Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  const auto goes_on = client.read();
  ASSERT_TRUE(goes_on);
  EXPECT_EQ(goes_on->status, 100);
  EXPECT_EQ(client.ask("{}")->body, "{}");
}

TEST_F(HttpAbuse, E25PathsCannotClimbOrHideBytes) {
  RawHttp client(port);
  for (const char* path : {"/../../etc/passwd", "/items/%2e%2e", "/items/.", "/items/a%00b", "/items/%c0%ae",
                           "/items/%0d%0a", "/items/%zz", "/items/%f"}) {
    EXPECT_EQ(client.ask(get_request(path))->status, 400) << path;
  }
  EXPECT_EQ(client.ask(get_request("//livez"))->status, 404);
  EXPECT_EQ(client.ask(get_request("/items/"))->status, 404);
}

TEST_F(HttpAbuse, E26HandlersThatThrowKeepTheConnection) {
  RawHttp client(port);
  EXPECT_EQ(client.ask(get_request("/throw"))->status, 500);
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
}

TEST_F(HttpAbuse, E27RangesOnPagesAreIgnored) {
  HttpFixture pages;
  const auto files =
      std::make_shared<const StaticFiles>(StaticFiles::from_memory({{"index.html", "<p>page</p>"}}));
  ASSERT_TRUE(mount(pages.server, "/console", files));
  RawHttp client(pages.start());
  std::string ranges = "Range: bytes=0-";
  for (int i = 0; i < 1000; ++i) ranges += ",0-";
  const auto response = client.ask(get_request("/console/", ranges + "\r\n"));
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "<p>page</p>");
}

TEST_F(HttpAbuse, E28MultipartIsNotOffered) {
  const std::string body =
      "--x\r\nContent-Disposition: form-data; filename*=" + std::string(50, '*') + "\r\n";
  expect_refused(post_request("/small", body, "Content-Type: multipart/form-data; boundary=x\r\n"), 415);
}

TEST_F(HttpAbuse, LongQueryStringsAre414AndKeepTheConnection) {
  RawHttp client(port);
  EXPECT_EQ(client.ask(get_request("/query?" + std::string(4096, 'a')))->status, 200);
  EXPECT_EQ(client.ask(get_request("/query?" + std::string(4097, 'a')))->status, 414);
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
}

TEST_F(HttpAbuse, ClientsThatHangUpInTheMiddleLeaveNothingBehind) {
  for (const std::string& begin : {std::string("GET /li"), post_head("Content-Length: 50\r\n\r\nabc"),
                                   get_request("/large"), std::string()}) {
    RawHttp client(port);
    client.send(begin);
  }
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (fixture.server.connections() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(fixture.server.connections(), 0U);
}

TEST_F(HttpAbuse, ARefusedClientWithMoreToSayIsNotReset) {  // a reset would drop the answer on its way
  RawHttp client(port);
  client.send(post_request("/small", std::string(500'000, 'x')));
  EXPECT_EQ(client.read()->status, 413);
  EXPECT_TRUE(client.closed_within(2s));
  EXPECT_FALSE(client.was_reset());
}

TEST_F(HttpAbuse, HalfClosedClientsStillGetTheirAnswer) {
  RawHttp client(port);
  client.send(get_request("/livez"));
  client.half_close();
  EXPECT_EQ(client.read()->body, "ok");
  EXPECT_TRUE(client.closed_within(2s));
}

}  // namespace
}  // namespace aisle
