#include "server/http/connection.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <thread>
#include <utility>

#include "base/log.h"
#include "server/http/request_id.h"
#include "server/http/response_text.h"
#include "server/http/socket_io.h"

namespace aisle {
namespace {

constexpr std::size_t read_bytes_max = 16 * 1024;  // at once; also what can be buffered beyond a request

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

HttpMetrics::Rejection rejection_for(int status) {
  return status == 413 || status == 414 || status == 431 ? HttpMetrics::Rejection::TooLarge
                                                         : HttpMetrics::Rejection::BadFraming;
}

}  // namespace

Connection::Connection(const ConnectionContext& context, ConnectionRegistry::Handle handle,
                       std::string remote_address)
    : context_(context),
      handle_(handle),
      fd_(handle->fd),
      remote_address_(std::move(remote_address)),
      on_state_([this](ConnectionState state) { context_.registry.set_state(handle_, state); }),
      framer_(context.config.framer,
              [this](const FramedRequest& head) {
                match_ = context_.routes.find(head.method, path_of(head.target));
                if (match_.route == nullptr) return BodyPolicy{};
                return BodyPolicy{match_.route->options.body_bytes_max, match_.route->options.accepts_gzip};
              }),
      phase_begin_(Clock::now()) {}

void Connection::run() {
  while (true) {
    switch (framer_.next()) {
      case Framer::Event::NeedMore:
        if (!read_more()) return;
        break;
      case Framer::Event::SendContinue:
        note_phase();
        if (!send_all(fd_, "HTTP/1.1 100 Continue\r\n\r\n", {},
                      Deadline::after(context_.config.write_timeout)))
          return;
        break;
      case Framer::Event::Request:
        if (!serve()) return;
        break;
      case Framer::Event::Error:
        refuse(framer_.error());
        return;
    }
  }
}

// A phase begins when its first byte is seen. A new connection is in its head from the start: silence is no
// right.
void Connection::note_phase() {
  const Framer::Phase now = framer_.phase();
  if (now == phase_) return;
  const bool head_goes_on = first_request_ && phase_ == Framer::Phase::Between && now == Framer::Phase::Head;
  phase_ = now;
  if (!head_goes_on) phase_begin_ = Clock::now();
}

Deadline Connection::phase_deadline() const {
  if (phase_ == Framer::Phase::Body) return body_deadline();
  const bool idle = phase_ == Framer::Phase::Between && !first_request_;
  return Deadline::at(phase_begin_ + (idle ? context_.config.idle_timeout : context_.config.head_timeout));
}

// The earlier of the whole phase's end and the moment at which what has come is too little for the time it
// took.
Deadline Connection::body_deadline() const {
  auto time_max = context_.config.body_timeout;
  if (match_.route != nullptr && match_.route->options.body_time_max.count() > 0) {
    time_max = match_.route->options.body_time_max;
  }
  const auto rate =
      static_cast<std::int64_t>(std::max<std::size_t>(1, context_.config.body_bytes_per_second_min));
  const std::chrono::milliseconds earned(static_cast<std::int64_t>(framer_.body_bytes()) * 1000 / rate);
  return Deadline::at(phase_begin_ + std::min(time_max, std::max(context_.config.body_rate_grace, earned)));
}

bool Connection::read_more() {
  note_phase();
  served_in_turn_ = 0;
  const bool between = phase_ == Framer::Phase::Between;
  std::array<char, read_bytes_max> buffer;  // on the stack: the kernel touches only what has come
  std::string_view data;
  Received received = receive(fd_, buffer, data);
  if (received == Received::Nothing) {
    on_state_(between && !first_request_ ? ConnectionState::Idle : ConnectionState::Reading);
    const Wait wait = wait_readable(fd_, phase_deadline(), between ? &context_.stop : nullptr);
    if (wait == Wait::Stopped) return false;
    if (wait == Wait::Timeout) {
      refuse_late();
      return false;
    }
    received = receive(fd_, buffer, data);
  } else if (phase_deadline().expired()) {
    refuse_late();
    return false;
  }
  if (received == Received::Closed) return false;
  if (received == Received::Data) framer_.feed(data);
  return true;
}

void Connection::refuse_late() {
  if (phase_ == Framer::Phase::Between) {
    if (first_request_) context_.metrics.rejected(HttpMetrics::Rejection::HeadTimeout);
    return;
  }
  const bool head = phase_ == Framer::Phase::Head;
  context_.metrics.rejected(head ? HttpMetrics::Rejection::HeadTimeout : HttpMetrics::Rejection::BodyTimeout);
  const FramedRequest& partial = framer_.partial_request();
  HttpError error{408, "request_timeout",
                  head ? "the head took too long to arrive" : "the body took too long to arrive",
                  request_id_of(partial.headers), std::string(path_of(partial.target))};
  keep_alive_ = false;
  send(context_.dispatcher.refusal(error), error.request_id, false, partial.version_minor);
}

void Connection::refuse(const FrameError& error) {
  context_.metrics.rejected(rejection_for(error.status));
  const FramedRequest& partial = framer_.partial_request();
  const HttpError refused{error.status, error.code, error.message, request_id_of(partial.headers),
                          std::string(path_of(partial.target))};
  HttpResponse response = context_.dispatcher.refusal(refused);
  if (!error.allow.empty()) response.headers.emplace_back("Allow", error.allow);
  keep_alive_ = false;
  send(response, refused.request_id, partial.method == "HEAD", partial.version_minor);
}

bool Connection::stays_open() const {
  return !context_.stop.is_set() && !context_.draining.load(std::memory_order_relaxed) &&
         !context_.registry.crowded();
}

bool Connection::serve() {
  const auto begin = Clock::now();
  FramedRequest framed = framer_.take_request();
  const bool client_stays = framed.keep_alive;
  const int version_minor = framed.version_minor;
  first_request_ = false;
  on_state_(ConnectionState::Handling);
  HttpRequest request = Dispatcher::make_request(std::move(framed), match_, remote_address_);
  const HttpResponse response = context_.dispatcher.answer(request, match_, on_state_);
  keep_alive_ = client_stays && stays_open();
  const bool sent = send(response, request.request_id, request.method == "HEAD", version_minor);
  const auto took = Clock::now() - begin;
  RouteMetrics& metrics = match_.route != nullptr ? *match_.route->metrics : context_.unrouted_metrics;
  metrics.observe(request.method, response.status, std::chrono::duration<double>(took).count());
  if (context_.hooks.after_answer) {
    try {
      context_.hooks.after_answer(request, response, took);
    } catch (const std::exception& exception) {
      log(LogLevel::Error, "http.hook_failed", exception.what(), {{"request_id", request.request_id}});
    }
  }
  if (response.overloaded && sent && keep_alive_) {
    on_state_(ConnectionState::Idle);
    wait_readable(-1, Deadline::after(context_.config.refused_rest), &context_.stop);
  }
  phase_ = Framer::Phase::Between;
  phase_begin_ = Clock::now();
  if (++served_in_turn_ >= context_.config.pipelined_per_turn_max) {
    served_in_turn_ = 0;
    std::this_thread::yield();
  }
  return sent && keep_alive_;
}

// Closing politely is part of it: the peer gets to read a last answer.
bool Connection::send(const HttpResponse& response, std::string_view request_id, bool head_only,
                      int version_minor) {
  const ResponseContext wire{request_id, head_only, keep_alive_, version_minor};
  const std::string head = response_head(response, wire);
  const std::string_view body =
      has_body(response, wire) ? std::string_view(response.body) : std::string_view();
  on_state_(ConnectionState::Writing);
  const Deadline deadline = Deadline::after(context_.config.write_timeout);
  if (!send_all(fd_, head, body, deadline)) {
    if (deadline.expired()) context_.metrics.rejected(HttpMetrics::Rejection::WriteTimeout);
    return false;
  }
  if (!keep_alive_) linger(fd_, Deadline::after(context_.config.linger_timeout));
  return true;
}

}  // namespace aisle
