#include "server/http/stop_signal.h"

#include <sys/eventfd.h>
#include <unistd.h>

namespace aisle {

StopSignal::StopSignal() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

StopSignal::~StopSignal() {
  if (fd_ >= 0) ::close(fd_);
}

void StopSignal::set() {
  set_.store(true, std::memory_order_release);
  if (fd_ >= 0) ::eventfd_write(fd_, 1);
}

}  // namespace aisle
