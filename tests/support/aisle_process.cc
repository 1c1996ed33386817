#include "tests/support/aisle_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "tests/support/eventually.h"

namespace aisle::test {
namespace {

std::vector<std::string> environment_of(const Environment& environment) {
  std::vector<std::string> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("AISLE_")) out.emplace_back(*entry);
  }
  for (const auto& [name, value] : environment) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

pid_t spawn(const std::vector<std::string>& arguments, const Environment& environment, int output) {
  std::vector<std::string> command = {AISLE_BINARY};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const std::vector<std::string> variables = environment_of(environment);
  const std::vector<char*> argv = pointers(command);
  const std::vector<char*> envp = pointers(variables);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a killed test
  if (::getppid() != parent) ::_exit(125);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::execve(argv.front(), argv.data(), envp.data());
  ::_exit(127);
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::uint16_t port_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return 0;
  const std::size_t colon = text.find(':', at + mark.size());
  return static_cast<std::uint16_t>(std::atoi(text.c_str() + colon + 1));
}

}  // namespace

CommandResult run_aisle(const std::vector<std::string>& arguments, const Environment& environment) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  const pid_t pid = spawn(arguments, environment, ends[1]);
  ::close(ends[1]);
  CommandResult result;
  std::array<char, 4096> part;
  for (ssize_t count = 0; (count = ::read(ends[0], part.data(), part.size())) > 0;) {
    result.output.append(part.data(), static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(pid, &status, 0);
  result.exit_code = code_of(status);
  return result;
}

std::string url_encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || std::string_view("-._~").find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', digits[byte / 16U], digits[byte % 16U]};
    }
  }
  return out;
}

AisleProcess::AisleProcess(std::vector<std::string> arguments, const Environment& environment,
                           const std::string& subcommand) {
  std::vector<std::string> command = {subcommand, "--port", "0", "--admin-port", "0"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  std::string name = (std::filesystem::temp_directory_path() / "aisle-log-XXXXXX").string();
  const int output = ::mkostemp(name.data(), O_CLOEXEC | O_APPEND);
  log_file_ = name;
  Environment whole = environment;
  whole.try_emplace("AISLE_LIMITS__TIME_SOFT_MS", "60000");  // a busy machine must not change answers
  pid_ = spawn(command, whole, output);
  ::close(output);
}

AisleProcess::~AisleProcess() {
  kill();
  if (::testing::Test::HasFailure()) std::cout << "log of aisle:\n" << log() << "\n";
  std::error_code ignored;
  std::filesystem::remove(log_file_, ignored);
}

bool AisleProcess::listening(std::chrono::milliseconds patience) {
  std::string text;
  const auto told = [&] {
    text = log();
    const std::size_t line = text.find(" serves http://");
    return line != std::string::npos && text.find(")\n", line) != std::string::npos;
  };
  eventually([&] { return told() || !running(); }, patience);
  if (!told()) return false;
  port_ = port_after(text, " serves http://");
  admin_port_ = port_after(text, " (admin http://");
  return true;
}

bool AisleProcess::running() {
  int status = 0;
  if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) exit_code_ = code_of(status);
  return !exit_code_;
}

std::string AisleProcess::log() const {
  std::ifstream in(log_file_);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool AisleProcess::ready(std::chrono::milliseconds patience) {
  bool is_ready = false;
  if (!listening(patience)) return false;
  eventually([&] { return (is_ready = get("/readyz").status == 200) || !running(); }, patience);
  return is_ready;
}

std::optional<int> AisleProcess::stop(std::chrono::milliseconds patience) {
  if (running()) ::kill(pid_, SIGTERM);
  return wait(patience);
}

std::optional<int> AisleProcess::wait(std::chrono::milliseconds patience) {
  eventually([&] { return !running(); }, patience);
  connection_.reset();
  return exit_code_;
}

void AisleProcess::signal(int number) const {
  ::kill(pid_, number);
}

void AisleProcess::kill() {
  connection_.reset();
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_code_ = code_of(status);
}

void AisleProcess::pause() const {
  ::kill(pid_, SIGSTOP);
  ::waitpid(pid_, nullptr, WUNTRACED);  // until then a thread on another core may still answer
}

void AisleProcess::resume() const {
  ::kill(pid_, SIGCONT);
}

RawResponse AisleProcess::ask(const std::string& bytes) {
  for (const bool again : {true, false}) {
    if (!connection_) connection_.emplace(port_);
    if (!connection_->connected()) break;
    connection_->send(bytes);
    auto answer = connection_->read(false, std::chrono::seconds(20));
    const bool closing = !answer || answer->headers["connection"] == "close";
    if (closing) connection_.reset();
    if (answer) return *answer;
    if (!again) break;  // the first failure may be a connection that was closed while idle
  }
  connection_.reset();
  return {};
}

RawResponse AisleProcess::get(const std::string& target) {
  return ask(get_request(target));
}

RawResponse AisleProcess::post(const std::string& target, std::string_view body) {
  return ask(post_request(target, body, "Content-Type: application/json\r\n"));
}

nlohmann::json AisleProcess::json(const std::string& target) {
  const RawResponse answer = get(target);
  EXPECT_EQ(answer.status, 200) << target << "\n" << answer.body;
  return answer.status == 200 ? nlohmann::json::parse(answer.body, nullptr, false) : nlohmann::json();
}

nlohmann::json AisleProcess::search(const std::string& index,
                                    const std::map<std::string, std::string>& parameters) {
  std::string target = "/v1/indexes/" + index + "/search";
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    target += std::exchange(separator, '&') + name + "=" + url_encoded(value);
  }
  return json(target);
}

nlohmann::json AisleProcess::product(const std::string& index, const std::string& id) {
  const RawResponse answer = get("/v1/indexes/" + index + "/products/" + url_encoded(id));
  if (answer.status == 404) return nullptr;
  EXPECT_EQ(answer.status, 200) << id << "\n" << answer.body;
  return nlohmann::json::parse(answer.body, nullptr, false);
}

}  // namespace aisle::test
