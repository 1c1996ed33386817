#include "server/ranking/ranking_versions.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/utc_time.h"
#include "schemas/json_reader.h"

namespace aisle {

Result<RankingVersion> read_version(StateStore& store, std::uint32_t number) {
  const auto text = store.ranking(number);
  if (!text) {
    if (text.error().code != ErrorCode::NotFound) return tl::unexpected(text.error());
    return fail(ErrorCode::NotFound, fmt::format("there is no ranking version {}", number));
  }
  const auto json = parse_json(*text, {.bytes_max = IndexState::bytes_max});
  JsonReader::ErrorSink sink;
  RankingVersion version{.number = number, .at = {}, .who = {}, .comment = {}, .document = {}};
  if (json) {
    const JsonReader root(*json, "", sink);
    version.at = root.require_string("at");
    version.who = root.require_string("who");
    version.comment = root.require_string("comment");
    version.document = dump_json(root.member("document").value());
  }
  if (json && !sink.error) return version;
  return fail(ErrorCode::DataLoss, fmt::format("ranking version {} is damaged: {}", number,
                                               json ? sink.error->message : json.error().message));
}

Result<std::uint32_t> add_version(StateStore& store, const NewVersion& version) {
  AISLE_TRY(const std::vector<std::uint32_t> stored, store.rankings());
  if (version.draft && stored.size() >= RankingVersion::stored_max) {
    return fail(ErrorCode::ResourceExhausted,
                fmt::format("{} ranking versions are stored, drafts are taken below {}", stored.size(),
                            RankingVersion::stored_max));
  }
  const std::uint32_t number = stored.empty() ? 1 : stored.back() + 1;
  AISLE_TRY(nlohmann::json document, parse_json(version.document, {.bytes_max = IndexState::bytes_max}));
  const nlohmann::json envelope = {{"at", utc_text(utc_now())},
                                   {"who", version.who},
                                   {"comment", version.comment},
                                   {"document", std::move(document)}};
  const Status added = store.add_ranking(number, dump_json(envelope));
  if (added) return number;
  if (added.error().code != ErrorCode::Conflict) return tl::unexpected(added.error());
  return fail(
      ErrorCode::Conflict,
      fmt::format("somebody else stored ranking version {} at the same moment: look at it and try again",
                  number));
}

}  // namespace aisle
