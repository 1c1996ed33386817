// Requests over keep-alive connections, each asking again as soon as it has its answer, on one thread.
//
//   http_load PORT CONNECTIONS SECONDS REQUESTS [HEADER]
//
// PORT is on 127.0.0.1; REQUESTS has a path with its query on each line; HEADER, such as "Accept-Encoding: gzip", is
// sent with each. Prints one JSON object: answers
// (status 200) a second, their latencies, what was answered otherwise, and how evenly the connections were
// served: `starved` of them got less than a tenth of the mean.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace aisle::bench {
namespace {

using Clock = std::chrono::steady_clock;

struct Connection {
  int socket = -1;
  std::size_t next = 0;  // request
  std::string answer;
  Clock::time_point begin;
  std::uint64_t answers = 0;
};

constexpr std::size_t unfinished = std::string::npos;
constexpr std::size_t connections_of_address = 200;

// Where an answer ends in `text`, or unfinished.
std::size_t end_of_answer(const std::string& text) {
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return unfinished;
  std::string names = text.substr(0, head);
  std::ranges::transform(names, names.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t body = head + 4;
  if (const std::size_t length = names.find("\r\ncontent-length:"); length != std::string::npos) {
    const std::size_t end = body + std::stoull(names.substr(length + 17));
    return text.size() >= end ? end : unfinished;
  }
  for (std::size_t at = body;;) {  // chunks
    const std::size_t line = text.find("\r\n", at);
    if (line == std::string::npos) return unfinished;
    const std::size_t size = std::stoull(text.substr(at, line - at), nullptr, 16);
    at = line + 2 + size + 2;
    if (at > text.size()) return unfinished;
    if (size == 0) return at;
  }
}

class Load {
 public:
  Load(std::uint16_t port, std::size_t connections, std::vector<std::string> requests)
      : requests_(std::move(requests)), connections_(connections), poll_(epoll_create1(0)) {
    for (std::size_t i = 0; i < connections; ++i) {
      Connection& connection = connections_[i];
      connection.next = i * 7919 % requests_.size();  // far apart
      connection.socket = connect_to(port, i / connections_of_address);
      epoll_event event{.events = EPOLLIN | EPOLLRDHUP, .data = {.u64 = i}};
      if (epoll_ctl(poll_, EPOLL_CTL_ADD, connection.socket, &event) != 0)
        throw std::runtime_error("epoll_ctl");
    }
  }
  ~Load() {
    for (const Connection& connection : connections_) ::close(connection.socket);
    ::close(poll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  nlohmann::json run(double seconds) {
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(seconds);
    for (Connection& connection : connections_) ask(connection);
    std::vector<epoll_event> events(1024);
    while (Clock::now() < end) {
      const int ready = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < ready; ++i) read(connections_[events[static_cast<std::size_t>(i)].data.u64]);
    }
    return figures(std::chrono::duration<double>(Clock::now() - begin).count());
  }

 private:
  // A server may hold a cap on what one address opens, so every two hundred connections come from another of
  // loopback's.
  static int connect_to(std::uint16_t port, std::size_t source) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(source));
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0)
      throw std::runtime_error("bind");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error(std::string("cannot connect: ") + std::strerror(errno));
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
  }

  // A request is small: it fits the socket's buffer.
  void ask(Connection& connection) {
    const std::string& request = requests_[connection.next];
    connection.next = (connection.next + 1) % requests_.size();
    connection.answer.clear();
    connection.begin = Clock::now();
    if (::send(connection.socket, request.data(), request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request.size()))
      throw std::runtime_error("the server took no request");
  }

  void read(Connection& connection) {
    char buffer[65536];
    const ssize_t got = ::recv(connection.socket, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      ++closed_;
      epoll_ctl(poll_, EPOLL_CTL_DEL, connection.socket, nullptr);
      return;
    }
    connection.answer.append(buffer, static_cast<std::size_t>(got));
    if (end_of_answer(connection.answer) == unfinished) return;
    if (connection.answer.compare(9, 3, "200") == 0) {
      ms_.push_back(std::chrono::duration<double, std::milli>(Clock::now() - connection.begin).count());
      ++connection.answers;
    } else {
      ++statuses_[connection.answer.substr(9, 3)];
    }
    ask(connection);
  }

  nlohmann::json figures(double seconds) {
    std::ranges::sort(ms_);
    const auto at = [&](double share) {
      return ms_.empty() ? 0 : ms_[static_cast<std::size_t>(share * static_cast<double>(ms_.size() - 1))];
    };
    const double mean = static_cast<double>(ms_.size()) / static_cast<double>(connections_.size());
    const auto less = [&](double than) {
      return std::ranges::count_if(
          connections_, [&](const Connection& one) { return static_cast<double>(one.answers) < than; });
    };
    return {{"connections", connections_.size()},
            {"answers", ms_.size()},
            {"per_second", static_cast<double>(ms_.size()) / seconds},
            {"p50_ms", at(0.5)},
            {"p95_ms", at(0.95)},
            {"p99_ms", at(0.99)},
            {"p999_ms", at(0.999)},
            {"max_ms", at(1)},
            {"not_200", statuses_},
            {"closed", closed_},
            {"without_answer", less(1)},
            {"starved", less(mean / 10)}};
  }

  const std::vector<std::string> requests_;
  std::vector<Connection> connections_;
  const int poll_;
  std::vector<double> ms_;
  std::map<std::string, std::uint64_t> statuses_;  // other than 200
  std::uint64_t closed_ = 0;
};

std::vector<std::string> read_requests(const char* file, const std::string& header) {
  std::vector<std::string> requests;
  std::ifstream in(file);
  for (std::string path; std::getline(in, path);)
    requests.push_back("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + header + "\r\n");
  if (requests.empty()) throw std::runtime_error(std::string(file) + " holds no request");
  return requests;
}

}  // namespace
}  // namespace aisle::bench

int main(int argc, char** argv) {
  if (argc < 5 || argc > 6) {
    std::cerr << "http_load PORT CONNECTIONS SECONDS REQUESTS [HEADER]\n";
    return 2;
  }
  rlimit files{.rlim_cur = 65536, .rlim_max = 65536};
  setrlimit(RLIMIT_NOFILE, &files);
  try {
    aisle::bench::Load load(
        static_cast<std::uint16_t>(std::stoi(argv[1])), std::stoull(argv[2]),
        aisle::bench::read_requests(argv[4], argc > 5 ? std::string(argv[5]) + "\r\n" : ""));
    std::cout << load.run(std::stod(argv[3])).dump() << '\n';
  } catch (const std::exception& error) {
    std::cerr << "http_load: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
