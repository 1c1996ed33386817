#include "server/kept_repairs.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "base/file.h"

namespace aisle {

KeptRepairs::KeptRepairs(std::filesystem::path file) : file_(std::move(file)) {
  std::istringstream lines(read_file(file_).value_or(""));
  for (std::string id; std::getline(lines, id);) ids_.push_back(std::move(id));
}

Status KeptRepairs::add(std::span<const std::string> ids) {
  const std::lock_guard lock(mutex_);
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  return write();
}

std::vector<std::string> KeptRepairs::ids() const {
  const std::lock_guard lock(mutex_);
  return ids_;
}

void KeptRepairs::forget(std::size_t known) {
  const std::lock_guard lock(mutex_);
  ids_.erase(ids_.begin(), ids_.begin() + static_cast<std::ptrdiff_t>(std::min(known, ids_.size())));
  (void)write();  // they would be read once more
}

Status KeptRepairs::write() const {
  std::string text;
  for (const std::string& id : ids_) text += id + "\n";
  if (!text.empty()) return write_file_atomically(file_, text);
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
  return {};
}

}  // namespace aisle
