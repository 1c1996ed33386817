// Compares the active generation of an index with its source, in the background, one comparison at a time.
#pragma once
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/error.h"
#include "indexer/verify_report.h"

namespace aisle {

class IndexService;

struct VerifyStatus {
  bool running = false;
  bool repair = false;                 // differences are repaired
  std::uint32_t generation = 0;        // that is or was compared
  std::optional<VerifyReport> report;  // of the last one that ended well
  std::string error;                   // of the last one, "" = none
};

// Thread-safe.
class Verification {
 public:
  explicit Verification(IndexService& index) : index_(index) {}

  //   Conflict            one is under way
  //   FailedPrecondition  the active generation takes no changes, or a file is to be repaired: import does
  //   that
  Status start(bool repair);
  VerifyStatus status() const;
  // Breaks off what is under way and waits for its end.
  void stop();

 private:
  void run(const std::stop_token& stop, bool repair);

  IndexService& index_;
  mutable std::mutex mutex_;  // guards what follows
  VerifyStatus status_;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace aisle
