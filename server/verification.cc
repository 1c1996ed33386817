#include "server/verification.h"

#include <utility>

#include "base/log.h"
#include "server/compare_generation.h"
#include "server/index_service.h"

namespace aisle {
Status Verification::start(bool repair) {
  const auto generation = index_.active();
  if (!generation->fed()) {
    return fail(ErrorCode::FailedPrecondition,
                "the active generation takes no changes: there is nothing to compare");
  }
  if (repair && std::holds_alternative<FileSource>(generation->schema()->source)) {
    return fail(ErrorCode::FailedPrecondition, "an index of a file is repaired by writing the file again");
  }
  const std::lock_guard lock(mutex_);
  if (status_.running) return fail(ErrorCode::Conflict, "a comparison is under way");
  status_ = VerifyStatus();
  status_.running = true;
  status_.repair = repair;
  status_.generation = generation->number();
  thread_ = std::jthread([this, repair](const std::stop_token& stop) { run(stop, repair); });
  return {};
}

void Verification::run(const std::stop_token& stop, bool repair) {
  const auto generation = index_.active();
  const auto report = compare_generation(index_.config(), index_.source(), *generation, repair, stop);
  const std::lock_guard lock(mutex_);
  status_.running = false;
  status_.generation = generation->number();
  if (!report) {
    status_.error = report.error().message;
    log(LogLevel::Error, "verify.failed", status_.error, {{"index", index_.name()}});
    return;
  }
  status_.report = *report;
  log(report->differences() == 0 ? LogLevel::Info : LogLevel::Error, "verify.done",
      report->differences() == 0 ? "index and source are equal" : "index and source differ",
      {{"index", index_.name()}, {"report", report->json()}});
}

VerifyStatus Verification::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Verification::stop() {
  std::jthread ended;
  {
    const std::lock_guard lock(mutex_);
    ended = std::move(thread_);
  }
  ended.request_stop();  // and joined here, without the lock
}

}  // namespace aisle
