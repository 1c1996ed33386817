// Deadlines cover whole phases: trickling bytes never extend them. Small ones here, the same code as the
// large.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/support/http_fixture.h"
#include "tests/support/raw_http.h"

namespace aisle {
namespace {

using namespace std::chrono_literals;
using test::get_request;
using test::HttpFixture;
using test::RawHttp;
using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Lt;
using Clock = std::chrono::steady_clock;

HttpConfig quick_config() {
  HttpConfig config = test::test_config();
  config.head_timeout = 200ms;
  config.body_timeout = 200ms;
  config.body_rate_grace = 10s;
  config.idle_timeout = 300ms;
  config.write_timeout = 200ms;
  return config;
}

// Sends `bytes` one by one with a pause, until the peer answers or `most` is over.
void trickle(RawHttp& client, std::string_view bytes, std::chrono::milliseconds pause) {
  for (const char c : bytes) {
    pollfd entry{client.fd(), POLLIN, 0};
    if (::poll(&entry, 1, static_cast<int>(pause.count())) > 0) return;
    if (!client.send(std::string_view(&c, 1))) return;
  }
}

TEST(HttpDeadlines, E6SlowHeadsEndAtTheirDeadlineAndOthersAreServed) {
  HttpConfig config = quick_config();
  config.head_timeout = 1s;
  HttpFixture fixture(config);
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> slow;
  for (int i = 0; i < 200; ++i) slow.emplace_back(port).send("GET /livez HT");
  const auto begin = Clock::now();
  RawHttp quick(port);
  EXPECT_EQ(quick.ask(get_request("/livez"))->status, 200);
  EXPECT_EQ(slow.back().pending(0ms), "");  // the slow ones were still being waited for
  trickle(slow[0], "TP/1.1\r\nHost: " + std::string(1000, 'h'), 20ms);
  EXPECT_LT(Clock::now() - begin, 5s);
  for (RawHttp& client : slow) {
    const auto response = client.read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 408);
    EXPECT_THAT(response->body, HasSubstr("request_timeout"));
    EXPECT_TRUE(client.closed_within(2s));
  }
}

TEST(HttpDeadlines, E7SilentConnectionsAreClosedWithoutAWord) {
  HttpFixture fixture(quick_config());
  RawHttp client(fixture.start());
  const auto begin = Clock::now();
  EXPECT_EQ(client.pending(5s), "");
  EXPECT_THAT(Clock::now() - begin, AllOf(Ge(150ms), Lt(2s)));
}

TEST(HttpDeadlines, E8SlowBodiesEndAtTheDeadline) {
  HttpFixture fixture(quick_config());
  RawHttp client(fixture.start());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n");
  const auto begin = Clock::now();
  trickle(client, std::string(100, 'x'), 20ms);
  EXPECT_EQ(client.read()->status, 408);
  EXPECT_THAT(Clock::now() - begin, AllOf(Ge(150ms), Lt(1s)));
}

TEST(HttpDeadlines, BodiesBelowTheMinimumRateEndAfterTheGrace) {
  HttpConfig config = quick_config();
  config.body_timeout = 30s;
  config.body_rate_grace = 200ms;
  config.body_bytes_per_second_min = 100;
  HttpFixture fixture(config);
  RawHttp client(fixture.start());
  client.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n" +
              std::string(50, 'x'));  // worth 500 ms
  const auto begin = Clock::now();
  EXPECT_EQ(client.read()->status, 408);
  EXPECT_THAT(Clock::now() - begin, AllOf(Ge(400ms), Lt(2s)));
}

TEST(HttpDeadlines, RoutesWithLargeBodiesMayAllowMoreTime) {
  HttpFixture fixture(quick_config());
  fixture.add("POST", "/bulk", {.body_time_max = 10s},
              [](const HttpRequest& request) { return HttpResponse{.body = request.body}; });
  RawHttp client(fixture.start());
  client.send("POST /bulk HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  EXPECT_EQ(client.pending(400ms), "");
  EXPECT_EQ(client.ask("cd")->body, "abcd");
}

TEST(HttpDeadlines, E9ClientsThatNeverReadAreClosedAtTheWriteDeadline) {
  HttpFixture fixture(quick_config());
  RawHttp client(fixture.start());
  const auto begin = Clock::now();
  client.send(get_request("/large"));
  const auto until = begin + 5s;
  while (fixture.server.connections() == 0 && Clock::now() < until) std::this_thread::yield();
  while (fixture.server.connections() > 0 && Clock::now() < until) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(fixture.server.connections(), 0U);
  EXPECT_THAT(Clock::now() - begin, AllOf(Ge(150ms), Lt(3s)));
  EXPECT_LT(client.pending(2s).size(), HttpFixture::large_bytes);
}

TEST(HttpDeadlines, IdleConnectionsAreKeptForTheirTimeAndNoLonger) {
  HttpFixture fixture(quick_config());
  RawHttp client(fixture.start());
  EXPECT_EQ(client.ask(get_request("/livez"))->status, 200);
  const auto begin = Clock::now();
  EXPECT_TRUE(client.closed_within(5s));
  EXPECT_THAT(Clock::now() - begin, AllOf(Ge(250ms), Lt(2s)));
}

TEST(HttpDeadlines, ALongAnswerIsReadWholeByAClientThatKeepsReading) {
  HttpConfig config = quick_config();
  config.write_timeout = 10s;
  HttpFixture fixture(config);
  RawHttp client(fixture.start());
  const auto response = client.ask(get_request("/large"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body.size(), HttpFixture::large_bytes);
}

}  // namespace
}  // namespace aisle
