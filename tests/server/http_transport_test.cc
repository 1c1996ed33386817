#include "server/fanout/http_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "server/fanout/response_parser.h"
#include "tests/support/http_fixture.h"

namespace aisle {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using State = ResponseParser::State;

// A bare listening socket: connections are accepted by the kernel and nobody answers.
class SilentPort {
 public:
  explicit SilentPort(int backlog = 16) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(fd_, backlog);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { close(); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int accept() const { return ::accept(fd_, nullptr, nullptr); }
  std::uint16_t port() const { return port_; }

 private:
  int fd_;
  std::uint16_t port_ = 0;
};

class HttpTransportTest : public testing::Test {
 protected:
  std::unique_ptr<NodeExchange> start(std::uint16_t port, std::string_view body,
                                      const std::string& path = "/echo") {
    return transport_.start({"n", "127.0.0.1", port}, {path, {{"x-aisle-view", "v"}}, body});
  }
  // Until it is finished or the patience is over.
  void finish(NodeExchange& exchange, milliseconds patience = milliseconds(5000)) {
    const auto until = Deadline::Clock::now() + patience;
    NodeExchange* const one = &exchange;
    while (!exchange.finished() && Deadline::Clock::now() < until) transport_.wait(std::span(&one, 1), until);
  }

  HttpTransport transport_;
};

TEST_F(HttpTransportTest, CarriesSmallAndLargeBodiesOverOneConnection) {
  test::HttpFixture http;
  const std::uint16_t port = http.start();
  for (const std::size_t size : {std::size_t{0}, std::size_t{10}, std::size_t{900'000}, std::size_t{1}}) {
    const std::string body(size, 'b');
    const auto exchange = start(port, body);
    finish(*exchange);
    ASSERT_TRUE(exchange->finished()) << exchange->error();
    EXPECT_EQ(exchange->status(), 200);
    EXPECT_EQ(exchange->body(), body);
  }
  EXPECT_EQ(http.server.connections(), 1U);
}

TEST_F(HttpTransportTest, RunsManySideBySide) {
  test::HttpFixture http;
  const std::uint16_t port = http.start();
  std::vector<std::string> bodies;
  std::vector<std::unique_ptr<NodeExchange>> exchanges;
  for (int i = 0; i < 20; ++i) bodies.push_back(std::string(20'000, static_cast<char>('a' + i)));
  for (const std::string& body : bodies) exchanges.push_back(start(port, body));
  const auto until = Deadline::Clock::now() + std::chrono::seconds(5);
  for (;;) {
    std::vector<NodeExchange*> open;
    for (const auto& exchange : exchanges) {
      if (!exchange->finished()) open.push_back(exchange.get());
    }
    if (open.empty() || Deadline::Clock::now() > until) break;
    transport_.wait(open, until);
  }
  for (std::size_t i = 0; i < exchanges.size(); ++i) EXPECT_EQ(exchanges[i]->body(), bodies[i]);
}

TEST_F(HttpTransportTest, ARefusedConnectionFailsAtOnce) {
  SilentPort port;
  port.close();
  const auto exchange = start(port.port(), "x");
  finish(*exchange);
  ASSERT_TRUE(exchange->finished());
  EXPECT_EQ(exchange->status(), 0);
  EXPECT_THAT(std::string(exchange->error()), HasSubstr("cannot connect"));
}

TEST_F(HttpTransportTest, ASilentNodeIsWaitedForNoLongerThanAsked) {
  SilentPort port;
  const auto exchange = start(port.port(), "x");
  const auto begin = Deadline::Clock::now();
  finish(*exchange, milliseconds(30));
  EXPECT_FALSE(exchange->finished());
  EXPECT_GE(Deadline::Clock::now() - begin, milliseconds(30));
}

TEST_F(HttpTransportTest, AKeptConnectionThatWasClosedIsReplacedUnseen) {
  SilentPort port;
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const auto serve_one = [&] {
    const int fd = port.accept();
    std::array<char, 4096> buffer{};
    static_cast<void>(::recv(fd, buffer.data(), buffer.size(), 0));
    static_cast<void>(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL));
    return fd;
  };
  int kept = -1;
  std::jthread first([&] { kept = serve_one(); });
  const auto one = start(port.port(), "x");
  finish(*one);
  ASSERT_EQ(one->status(), 200) << one->error();
  first.join();
  ::close(kept);
  std::jthread second([&] { ::close(serve_one()); });
  const auto two = start(port.port(), "x");
  finish(*two);
  EXPECT_EQ(two->status(), 200) << two->error();
}

TEST(ResponseParser, ReadsAnAnswerHoweverItIsCut) {
  const std::string text =
      "HTTP/1.1 421 Misdirected Request\r\ncontent-TYPE: a\r\nContent-Length:  5 \r\nConnection: "
      "close\r\n\r\nhello";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    ResponseParser parser;
    for (std::size_t at = 0; at < text.size(); at += step) {
      ASSERT_NE(parser.state(), State::Done);
      parser.feed(std::string_view(text).substr(at, step));
    }
    ASSERT_EQ(parser.state(), State::Done) << step;
    EXPECT_EQ(parser.status(), 421);
    EXPECT_EQ(parser.body(), "hello");
    EXPECT_FALSE(parser.keeps_connection());
  }
}

TEST(ResponseParser, RefusesWhatItCannotTrust) {
  const auto problem = [](std::string_view text) {
    ResponseParser parser;
    parser.feed(text);
    EXPECT_EQ(parser.state(), State::Broken) << text;
    return std::string(parser.problem());
  };
  EXPECT_THAT(problem("SSH-2.0\r\n\r\n"), HasSubstr("status line"));
  EXPECT_THAT(problem("HTTP/1.1 20\r\n\r\n"), HasSubstr("status line"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\n\r\n"), HasSubstr("does not tell its length"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), HasSubstr("no number"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n"),
              HasSubstr("no number"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), HasSubstr("too long"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), HasSubstr("chunks"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), HasSubstr("no colon"));
  EXPECT_THAT(problem("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab"), HasSubstr("behind"));
  EXPECT_THAT(problem(std::string(ResponseParser::head_bytes_max + 1, 'x')), HasSubstr("too long"));
}

}  // namespace
}  // namespace aisle
