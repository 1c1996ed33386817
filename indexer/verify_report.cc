#include "indexer/verify_report.h"

#include <nlohmann/json.hpp>

namespace aisle {
namespace {

void note(std::uint64_t& count, std::vector<std::string>& ids, const std::string& id) {
  ++count;
  if (ids.size() < VerifyReport::ids_max) ids.push_back(id);
}

}  // namespace

void VerifyReport::add(Difference difference, const std::string& id) {
  switch (difference) {
    case Difference::None:
      break;
    case Difference::Missing:
      note(missing, missing_ids, id);
      break;
    case Difference::Extra:
      note(extra, extra_ids, id);
      break;
    case Difference::Different:
      note(different, different_ids, id);
      break;
  }
}

std::string VerifyReport::json() const {
  nlohmann::ordered_json out;
  out["checked"] = checked;
  out["missing"] = missing;
  out["extra"] = extra;
  out["different"] = different;
  out["refused"] = refused;
  out["repaired"] = repaired;
  out["missing_ids"] = missing_ids;
  out["extra_ids"] = extra_ids;
  out["different_ids"] = different_ids;
  out["lsn"] = lsn == 0 ? "" : format_lsn(lsn);
  out["seconds"] = seconds;
  return out.dump();
}

}  // namespace aisle
