// Many connections at once: caps, permits, descriptors, and how the server stops under all of them.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "tests/support/eventually.h"
#include "tests/support/http_fixture.h"
#include "tests/support/raw_http.h"

namespace aisle {
namespace {

using namespace std::chrono_literals;
using test::get_request;
using test::HttpFixture;
using test::RawHttp;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// Holds handlers until told to let them go.
class Gate {
 public:
  void enter() {
    std::unique_lock lock(mutex_);
    ++inside_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  bool wait_inside(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return inside_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int inside_ = 0;
  bool open_ = false;
};

void add_gated(HttpFixture& fixture, Gate& gate, bool needs_permit) {
  fixture.add("GET", "/gated", {.needs_permit = needs_permit}, [&gate](const HttpRequest&) {
    gate.enter();
    return HttpResponse{.body = "through"};
  });
}

TEST(HttpOverload, StopsQuicklyWithAThousandIdleConnections) {
  HttpFixture fixture;
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.emplace_back(port).send(get_request("/livez"));
    ASSERT_TRUE(clients.back().connected());
  }
  for (RawHttp& client : clients) ASSERT_EQ(client.read()->status, 200);
  EXPECT_EQ(fixture.server.connections(), 1000U);
  const auto begin = Clock::now();
  EXPECT_TRUE(fixture.server.stop(Deadline::after(5s)));
  const auto took = Clock::now() - begin;
  EXPECT_LT(took, 2s);
  RecordProperty("stop_ms", static_cast<int>(took / 1ms));
  for (RawHttp& client : clients) EXPECT_TRUE(client.closed_within(1s));
  EXPECT_FALSE(RawHttp(port).connected());
}

TEST(HttpOverload, RequestsUnderWayAreFinishedByAStop) {
  HttpFixture fixture;
  Gate gate;
  add_gated(fixture, gate, false);
  const std::uint16_t port = fixture.start();
  RawHttp inside(port);
  inside.send(get_request("/gated"));
  ASSERT_TRUE(gate.wait_inside(1));
  RawHttp half(port);
  half.ask(get_request("/livez"));
  half.send("GET /items/7 HTTP/1.1\r\nHo");
  RawHttp waiting(port);  // perhaps not accepted yet
  waiting.send(get_request("/items/8"));
  std::thread stopper([&] { EXPECT_TRUE(fixture.server.stop(Deadline::after(5s))); });
  while (!fixture.server.draining()) std::this_thread::yield();
  half.send("st: h\r\n\r\n");
  EXPECT_EQ(waiting.read()->body, "8");
  gate.open();
  const auto response = inside.read();
  EXPECT_EQ(half.read()->body, "7");
  stopper.join();
  EXPECT_EQ(response->body, "through");
  EXPECT_EQ(response->headers.at("connection"), "close");
}

TEST(HttpOverload, AStopTellsOfHandlersThatOutliveItsDeadline) {
  Gate gate;
  HttpFixture fixture;
  add_gated(fixture, gate, false);
  RawHttp client(fixture.start());
  client.send(get_request("/gated"));
  ASSERT_TRUE(gate.wait_inside(1));
  const auto stopped = fixture.server.stop(Deadline::after(50ms));
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::DeadlineExceeded);
  gate.open();
}

TEST(HttpOverload, PermitsBoundSearchesAndLeaveTheRestAlone) {
  HttpConfig config = test::test_config();
  config.permits = {.permits = 2, .queue_max = 3, .wait_max = 300ms};
  HttpFixture fixture(config);
  Gate gate;
  add_gated(fixture, gate, true);
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> clients;
  for (int i = 0; i < 2; ++i) clients.emplace_back(port).send(get_request("/gated"));
  ASSERT_TRUE(gate.wait_inside(2));
  const auto begin = Clock::now();
  for (int i = 0; i < 10; ++i) clients.emplace_back(port).send(get_request("/gated"));
  RawHttp health(port);
  EXPECT_EQ(health.ask(get_request("/livez"))->status, 200);
  EXPECT_LT(Clock::now() - begin, 250ms);
  int refused_at_once = 0;
  for (std::size_t i = 2; i < clients.size(); ++i) {
    const auto response = clients[i].read();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 503);
    EXPECT_EQ(response->headers.at("retry-after"), "1");
    EXPECT_THAT(response->body, HasSubstr(R"("code":"overloaded")"));
    EXPECT_EQ(clients[i].ask(get_request("/livez"))->status, 200);  // the connection stays
  }
  EXPECT_GE(Clock::now() - begin, 250ms);
  EXPECT_GT(fixture.server.saturated_for(), 0ms);
  for (int i = 0; i < 3; ++i) clients[static_cast<std::size_t>(i) + 2].send(get_request("/gated"));
  gate.open();
  for (int i = 0; i < 5; ++i)
    refused_at_once += clients[static_cast<std::size_t>(i)].read()->status == 200 ? 0 : 1;
  EXPECT_EQ(refused_at_once, 0);
  EXPECT_EQ(fixture.server.saturated_for(), 0ms);
}

TEST(HttpOverload, TheWaitInAQueueIsKnownByItsPace) {
  QueuePace pace;
  const Clock::time_point begin{};
  EXPECT_EQ(pace.wait(1000), 0ns) << "nothing is known";
  pace.left(begin);
  EXPECT_EQ(pace.wait(1000), 0ns) << "nor from one alone";
  for (int i = 1; i <= 200; ++i) pace.left(begin + i * 1ms);
  EXPECT_NEAR(static_cast<double>(pace.wait(100) / 1us), 100'000, 100);
  pace.emptied();
  pace.left(begin + 1h);
  EXPECT_LE(pace.wait(100), 100ms) << "the time without a queue is no pace";
  pace.left(begin + 2h);
  EXPECT_LE(pace.wait(1), 64ms) << "one stall is an hour no more than a second";
  for (int i = 1; i <= 200; ++i) pace.left(begin + 2h + i * 1ms);
  EXPECT_NEAR(static_cast<double>(pace.wait(100) / 1us), 100'000, 200);
}

TEST(HttpOverload, ARefusedConnectionRestsBeforeItsNextRequest) {
  HttpConfig config = test::test_config();
  config.permits = {.permits = 1, .queue_max = 1, .wait_max = 5s};
  config.refused_rest = 400ms;
  config.name = "rest-test";
  Gate gate;  // outlives the connections that nobody waits for at the end
  HttpFixture fixture(config);
  add_gated(fixture, gate, true);
  const std::uint16_t port = fixture.start();
  RawHttp inside(port);
  inside.send(get_request("/gated"));
  ASSERT_TRUE(gate.wait_inside(1));
  RawHttp waiting(port);
  waiting.send(get_request("/gated"));
  const std::string one = R"(aisle_http_queue_length{listener="rest-test"} 1)";
  ASSERT_TRUE(test::eventually([&] { return render_metrics().find(one) != std::string::npos; }));
  RawHttp refused(port);
  ASSERT_EQ(refused.ask(get_request("/gated"))->status, 503);
  const auto begin = Clock::now();
  EXPECT_EQ(refused.ask(get_request("/livez"))->status, 200);
  EXPECT_GE(Clock::now() - begin, 300ms);
  gate.open();
}

TEST(HttpOverload, PermitsAreGrantedInOrderOfArrival) {
  const HttpMetrics metrics("permit-test");
  SearchPermits permits({.permits = 1, .queue_max = 8, .wait_max = 5s}, metrics);
  auto first = permits.acquire(Deadline::never());
  ASSERT_TRUE(first);
  std::mutex mutex;
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&, i] {
      const auto permit = permits.acquire(Deadline::never());
      ASSERT_TRUE(permit);
      const std::lock_guard lock(mutex);
      order.push_back(i);
    });
    const std::string wanted = R"(aisle_http_queue_length{listener="permit-test"} )" + std::to_string(i + 1);
    while (render_metrics().find(wanted) == std::string::npos) std::this_thread::yield();
  }
  first.reset();
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(order, testing::ElementsAre(0, 1, 2, 3, 4));
}

TEST(HttpOverload, ConnectionsBeyondTheCapAreToldAndLaterOnesServed) {
  HttpConfig config = test::test_config();
  config.connections_max = 8;
  HttpFixture fixture(config);
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> silent;  // in their heads, so nobody's idle place can be taken
  for (int i = 0; i < 8; ++i) silent.emplace_back(port).send("G");
  while (fixture.server.connections() < 8) std::this_thread::yield();
  const auto begin = Clock::now();
  RawHttp refused(port);
  const auto response = refused.ask(get_request("/livez"));
  ASSERT_TRUE(response);
  EXPECT_LT(Clock::now() - begin, 500ms);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->headers.at("retry-after"), "1");
  EXPECT_EQ(response->headers.at("connection"), "close");
  EXPECT_TRUE(refused.closed_within(2s));
  silent.clear();
  while (fixture.server.connections() > 0) std::this_thread::yield();
  RawHttp later(port);
  EXPECT_EQ(later.ask(get_request("/livez"))->status, 200);
}

TEST(HttpOverload, TheLongestIdleGoesFirstWhenItGetsCrowded) {
  HttpConfig config = test::test_config();
  config.connections_max = 8;
  HttpFixture fixture(config);
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> idle;
  for (int i = 0; i < 6; ++i)
    EXPECT_FALSE(idle.emplace_back(port).ask(get_request("/livez"))->headers.contains("connection"));
  RawHttp seventh(port);
  seventh.send("G");
  while (fixture.server.connections() < 7) std::this_thread::yield();
  RawHttp eighth(port);  // over three quarters
  EXPECT_TRUE(idle[0].closed_within(5s));
  EXPECT_EQ(eighth.ask(get_request("/livez"))->headers.at("connection"), "close");
  EXPECT_EQ(idle[1].ask(get_request("/livez"))->status, 200);
}

TEST(HttpOverload, E29OneAddressCannotTakeAllConnections) {
  HttpConfig config = test::test_config();
  config.connections_per_address_max = 20;
  config.is_trusted_proxy = [](std::string_view address) { return address == "127.0.0.3"; };
  HttpFixture fixture(config);
  const std::uint16_t port = fixture.start();
  std::vector<RawHttp> greedy;
  for (int i = 0; i < 20; ++i) ASSERT_EQ(greedy.emplace_back(port).ask(get_request("/livez"))->status, 200);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(RawHttp(port).ask(get_request("/livez"))->status, 429);
  RawHttp other(port, "127.0.0.2");
  EXPECT_EQ(other.ask(get_request("/livez"))->status, 200);
  std::vector<RawHttp> proxy;
  for (int i = 0; i < 25; ++i)
    EXPECT_EQ(proxy.emplace_back(port, "127.0.0.3").ask(get_request("/livez"))->status, 200);
  greedy.clear();
  while (fixture.server.connections() > 26) std::this_thread::yield();
  EXPECT_EQ(RawHttp(port).ask(get_request("/livez"))->status, 200);
}

std::chrono::microseconds processor_time() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return std::chrono::seconds(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         std::chrono::microseconds(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

TEST(HttpOverload, E30RunningOutOfDescriptorsPausesAcceptingWithoutSpinning) {
  HttpConfig config = test::test_config();
  config.name = "descriptor-test";
  HttpFixture fixture(config);
  const std::uint16_t port = fixture.start();
  EXPECT_EQ(RawHttp(port).ask(get_request("/livez"))->status, 200);
  while (fixture.server.connections() > 0) std::this_thread::yield();
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit small{200, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &small), 0);
  std::vector<int> fillers;
  for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::open("/dev/null", O_RDONLY))
    fillers.push_back(fd);
  ASSERT_FALSE(fillers.empty());
  ::close(fillers.back());
  fillers.pop_back();
  RawHttp client(port);  // takes the last descriptor; the server has none to accept with
  ASSERT_TRUE(client.connected());
  client.send(get_request("/livez"));
  const auto spent = processor_time();
  EXPECT_EQ(client.pending(300ms), "");
  EXPECT_LT(processor_time() - spent, 150ms);
  for (const int fd : fillers) ::close(fd);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(client.read()->status, 200);
  EXPECT_THAT(render_metrics(), HasSubstr(R"(listener="descriptor-test",reason="no_descriptors")"));
}

TEST(HttpOverload, EveryClientOfManyGetsEveryAnswer) {
  HttpFixture fixture;
  const std::uint16_t port = fixture.start();
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int c = 0; c < 10; ++c) {
        RawHttp client(port);
        for (int i = 0; i < 20; ++i) {
          const std::string id = std::to_string(t * 10'000 + c * 100 + i);
          const auto response = client.ask(get_request("/items/" + id));
          if (response && response->body == id) answered.fetch_add(1);
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered.load(), 16 * 10 * 20);
}

}  // namespace
}  // namespace aisle
