// The real binary, started with a command line, talked to over HTTP and ended by its process id.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/raw_http.h"

namespace aisle::test {

using Environment = std::map<std::string, std::string>;

// A command that ends by itself: its exit code and all that it printed, errors included.
struct CommandResult {
  int exit_code = -1;
  std::string output;
};
CommandResult run_aisle(const std::vector<std::string>& arguments, const Environment& environment = {});

// Percent-encodes everything but letters, digits and -._~
std::string url_encoded(std::string_view text);

// `aisle serve`, or another command that goes on, killed when the object goes. AISLE_ variables of the test
// itself are not handed on. Not thread-safe.
class AisleProcess {
 public:
  // `arguments` come after the command; both ports are any free ones. Does not wait for anything.
  explicit AisleProcess(std::vector<std::string> arguments, const Environment& environment = {},
                        const std::string& subcommand = "serve");
  ~AisleProcess();
  AisleProcess(const AisleProcess&) = delete;
  AisleProcess& operator=(const AisleProcess&) = delete;

  // Waits until it listens; false when it ended instead. The ports are 0 before.
  bool listening(std::chrono::milliseconds patience = std::chrono::seconds(60));
  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  bool running();
  // What it has printed so far, its log included.
  std::string log() const;
  // Waits for 200 from /readyz; false when it ended instead.
  bool ready(std::chrono::milliseconds patience = std::chrono::seconds(60));

  // SIGTERM; the exit code, or nothing when it did not end within `patience`.
  std::optional<int> stop(std::chrono::milliseconds patience = std::chrono::seconds(20));
  void signal(int number) const;
  // kill -9, and waits for the end.
  void kill();
  // Stops it in its tracks (SIGSTOP): it keeps its sockets and says nothing. resume() lets it go on.
  void pause() const;
  void resume() const;
  // The exit code of a process that ends by itself.
  std::optional<int> wait(std::chrono::milliseconds patience = std::chrono::seconds(20));

  // Status 0 when there was no answer. One connection is kept and made anew when it is closed.
  RawResponse get(const std::string& target);
  RawResponse post(const std::string& target, std::string_view body);
  // The answer's JSON; null, and a failure of the test, when the status is not 200.
  nlohmann::json json(const std::string& target);
  nlohmann::json search(const std::string& index, const std::map<std::string, std::string>& parameters);
  // The product's JSON, null when it is not there.
  nlohmann::json product(const std::string& index, const std::string& id);

 private:
  RawResponse ask(const std::string& bytes);

  std::filesystem::path log_file_;
  pid_t pid_ = 0;
  std::optional<int> exit_code_;
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
  std::optional<RawHttp> connection_;
};

}  // namespace aisle::test
