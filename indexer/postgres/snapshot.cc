#include "indexer/postgres/snapshot.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace aisle {
namespace {

bool read_number(std::string_view& text, std::uint64_t& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

Result<VisibleTransactions> VisibleTransactions::parse(std::string_view text) {
  const std::string original(text);
  VisibleTransactions out;
  bool ok = read_number(text, out.xmin) && take(text, ':') && read_number(text, out.xmax) && take(text, ':');
  while (ok && !text.empty()) {
    std::uint64_t xid = 0;
    ok = (out.in_progress.empty() || take(text, ',')) && read_number(text, xid);
    out.in_progress.push_back(xid);
  }
  if (!ok || out.xmin > out.xmax) {
    return fail(ErrorCode::Unavailable, "snapshot \"" + original + "\" is not of the form xmin:xmax:xid,xid");
  }
  std::sort(out.in_progress.begin(), out.in_progress.end());
  return out;
}

std::uint64_t VisibleTransactions::widen(std::uint32_t xid) const {
  const auto distance = static_cast<std::int32_t>(xid - static_cast<std::uint32_t>(xmax));
  return xmax + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
}

bool VisibleTransactions::sees(std::uint32_t xid) const {
  const std::uint64_t wide = widen(xid);
  if (wide < xmin) return true;
  return wide < xmax && !std::binary_search(in_progress.begin(), in_progress.end(), wide);
}

}  // namespace aisle
