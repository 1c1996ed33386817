#include "indexer/shard_reader.h"

#include "indexer/xapian_failure.h"
#include "schemas/term_layout.h"

namespace aisle {
namespace {

template <class Action>
auto with_database(const std::filesystem::path& folder, Action action)
    -> Result<decltype(action(std::declval<const Xapian::Database&>()))> {
  constexpr int attempts = 3;  // a writer that commits twice meanwhile may take blocks away
  for (int attempt = 1;; ++attempt) {
    try {
      const Xapian::Database database(folder.string());
      return action(database);
    } catch (const Xapian::DatabaseModifiedError& error) {
      if (attempt == attempts) return tl::unexpected(xapian_failure(folder, error));
    } catch (const Xapian::DatabaseOpeningError& error) {
      return fail(ErrorCode::NotFound, "no shard in " + folder.string() + ": " + error.get_msg());
    } catch (const Xapian::Error& error) {
      return tl::unexpected(xapian_failure(folder, error));
    }
  }
}

}  // namespace

Result<std::vector<std::string>> read_shard_ids(const std::filesystem::path& folder, const std::string& after,
                                                std::size_t count_max) {
  return with_database(folder, [&](const Xapian::Database& database) {
    std::vector<std::string> ids;
    const std::string prefix = id_term("");
    auto term = database.allterms_begin(prefix);
    const auto end = database.allterms_end(prefix);
    if (!after.empty()) term.skip_to(id_term(after));
    for (; term != end && ids.size() < count_max; ++term) {
      std::string id = (*term).substr(prefix.size());
      if (id != after) ids.push_back(std::move(id));
    }
    return ids;
  });
}

Result<std::map<std::string, std::string>> read_shard_marks(const std::filesystem::path& folder) {
  return with_database(folder, [](const Xapian::Database& database) {
    std::map<std::string, std::string> marks;
    const std::string prefix(shard_metadata::mark_prefix);
    const auto end = database.metadata_keys_end(prefix);
    for (auto key = database.metadata_keys_begin(prefix); key != end; ++key) {
      marks.emplace((*key).substr(prefix.size()), database.get_metadata(*key));
    }
    return marks;
  });
}

}  // namespace aisle
