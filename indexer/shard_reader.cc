#include "indexer/shard_reader.h"

#include <utility>

#include "base/hash.h"
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

// Columns after the data, each as slot and bytes, in the order of the slots.
void append_value(std::string& text, unsigned slot, const std::string& value) {
  text += "\n" + std::to_string(slot) + ":";
  text += value;
}

std::uint64_t fingerprint(const std::string& text) {
  const std::uint64_t hash = hash64(text);
  return hash == 0 ? 1 : hash;
}

std::string stored_text(const Xapian::Document& document) {
  std::string text = document.get_data();
  for (auto value = document.values_begin(); value != document.values_end(); ++value) {
    append_value(text, value.get_valueno(), *value);
  }
  return text;
}

}  // namespace

std::uint64_t product_fingerprint(Document document) {
  const std::vector<NumberCell> numbers = std::exchange(document.numbers, {});
  std::string text = encode_document(document);
  for (const NumberCell& cell : numbers) append_value(text, cell.field, encode_number_value(cell.value));
  return fingerprint(text);
}

Result<std::vector<std::uint64_t>> read_shard_fingerprints(const std::filesystem::path& folder,
                                                           std::span<const std::string> ids) {
  return with_database(folder, [&](const Xapian::Database& database) {
    std::vector<std::uint64_t> out;
    out.reserve(ids.size());
    for (const std::string& id : ids) {
      const std::string term = id_term(id);
      const auto posting = database.postlist_begin(term);
      const bool there = posting != database.postlist_end(term);
      out.push_back(there ? fingerprint(stored_text(database.get_document(*posting))) : 0);
    }
    return out;
  });
}

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

Result<std::uint64_t> read_shard_content(const std::filesystem::path& folder) {
  return with_database(folder, [](const Xapian::Database& database) {
    std::uint64_t sum = 0;
    const auto end = database.postlist_end("");
    for (auto posting = database.postlist_begin(""); posting != end; ++posting) {
      const Xapian::Document document = database.get_document(*posting);
      std::string text = stored_text(document);
      for (auto term = document.termlist_begin(); term != document.termlist_end(); ++term) {
        text += "\n" + *term + ":" + std::to_string(term.get_wdf());
      }
      sum += hash64(text);
    }
    return sum;
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
