#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "server/commands/commands.h"
#include "server/service.h"

namespace aisle {
namespace {

LogLevel level_of(const std::string& name) {
  if (name == "debug") return LogLevel::Debug;
  if (name == "warn") return LogLevel::Warn;
  if (name == "error") return LogLevel::Error;
  return name == "off" ? LogLevel::Off : LogLevel::Info;
}

Result<ServiceConfig> configuration(const ServeOptions& options) {
  ServiceConfig config;
  if (!options.config.empty()) {
    AISLE_TRY(config, ServiceConfig::load(options.config));
  } else if (!options.schema.empty()) {
    AISLE_TRY(config, ServiceConfig::of_schema(options.schema));
  } else {
    return fail(ErrorCode::InvalidArgument, "give either --config or --schema");
  }
  if (!options.data_dir.empty()) config.data_dir = options.data_dir;
  if (!options.web.empty()) config.web = options.web;
  if (options.port >= 0) config.listen.port = static_cast<std::uint16_t>(options.port);
  if (options.admin_port >= 0) config.admin.port = static_cast<std::uint16_t>(options.admin_port);
  return config;
}

// Blocks the ending signals in this and all later threads; wait() takes them one by one.
class EndingSignals {
 public:
  EndingSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    fd_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
  }
  EndingSignals(const EndingSignals&) = delete;
  EndingSignals& operator=(const EndingSignals&) = delete;
  ~EndingSignals() { ::close(fd_); }
  void wait() const {
    signalfd_siginfo info{};
    while (::read(fd_, &info, sizeof info) < 0) {
    }
  }

 private:
  int fd_ = -1;
};

}  // namespace

int serve(const ServeOptions& options, MemberRole role) {
  const EndingSignals signals;
  const auto config = configuration(options);
  if (!config) return report(config.error());
  set_log_level(level_of(config->log_level));
  if (role == MemberRole::Index && !config->membership) {
    return report(
        {ErrorCode::InvalidArgument,
         "aisle index needs a cluster: the configuration has no /cluster/nats; aisle serve feeds and "
         "serves an index by itself"});
  }
  if (role == MemberRole::Index && !config->membership->shards.all()) {
    return report(
        {ErrorCode::InvalidArgument, "/cluster/shards is for aisle serve: an indexer holds all shards"});
  }
  Service service(*config, role);
  if (const Status started = service.start(); !started) {
    service.stop();
    return report(started.error());
  }
  std::printf("aisle %s %s http://%s:%u (admin http://%s:%u)\n", AISLE_VERSION,
              role == MemberRole::Index ? "feeds its cluster and serves" : "serves",
              config->listen.address.c_str(), service.port(), config->admin.address.c_str(),
              service.admin_port());
  std::fflush(stdout);
  signals.wait();
  log(LogLevel::Info, "service.stop", "a signal asked to stop");
  const std::jthread impatience([&](const std::stop_token&) {
    signals.wait();
    std::_Exit(1);  // a second signal: the indexes are safe to be left as they are
  });
  service.stop();
  log(LogLevel::Info, "service.stopped", "everything applied is on disk");
  std::fflush(nullptr);
  std::_Exit(0);  // the thread above waits for a signal that need not come
}

}  // namespace aisle
