#include "indexer/shard_store.h"

#include <xapian.h>
#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyzers/analyzer.h"
#include "base/fault_point.h"
#include "base/file.h"
#include "indexer/xapian_failure.h"
#include "schemas/term_layout.h"

namespace aisle {
namespace {

std::uint64_t decimal(const std::string& text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string log_text(const LogPoint& point) {
  if (point.epoch == 0) return "";
  return std::to_string(point.epoch) + " " + std::to_string(point.term) + " " + format_hash(point.chain);
}

LogPoint parse_log(const std::string& text) {
  LogPoint point;
  const char* end = text.data() + text.size();
  auto at = std::from_chars(text.data(), end, point.epoch).ptr;
  if (at != end) at = std::from_chars(at + 1, end, point.term).ptr;
  if (at != end) point.chain = parse_hash(std::string_view(at + 1, end));
  return point;
}

// Tokens become terms with their number of occurrences; positions stay in the data alone.
void add_terms(const IndexSchema& schema, const Document& document, Xapian::Document& target) {
  target.add_boolean_term(id_term(document.id));
  for (const FieldTokens& texts : document.texts) {
    const std::string& name = schema.fields.at(texts.field).name;
    for (const IndexToken& token : texts.tokens) target.add_term(token_term(name, token.term));
  }
  for (const KeywordCell& cell : document.keywords) {
    const std::string& name = schema.fields.at(cell.field).name;
    for (const std::string& value : cell.values) target.add_boolean_term(keyword_term(name, value));
  }
}

// Makes the value slots exactly `numbers`; false when they were so already.
bool set_all_values(Xapian::Document& target, const std::vector<NumberCell>& numbers) {
  bool changed = false;
  std::vector<Xapian::valueno> gone;
  for (auto value = target.values_begin(); value != target.values_end(); ++value) {
    const Xapian::valueno slot = value.get_valueno();
    const bool kept =
        std::ranges::any_of(numbers, [&](const NumberCell& cell) { return cell.field == slot; });
    if (!kept) gone.push_back(slot);
  }
  for (const Xapian::valueno slot : gone) {
    target.remove_value(slot);
    changed = true;
  }
  for (const NumberCell& cell : numbers) {
    const std::string bytes = encode_number_value(cell.value);
    if (target.get_value(cell.field) == bytes) continue;
    target.add_value(cell.field, bytes);
    changed = true;
  }
  return changed;
}

// Sets or, for missing_number, removes the given slots only.
bool set_some_values(Xapian::Document& target, const std::vector<NumberCell>& numbers) {
  bool changed = false;
  for (const NumberCell& cell : numbers) {
    const std::string before = target.get_value(cell.field);
    const std::string after = cell.value == missing_number ? std::string() : encode_number_value(cell.value);
    if (before == after) continue;
    changed = true;
    if (after.empty()) {
      target.remove_value(cell.field);
    } else {
      target.add_value(cell.field, after);
    }
  }
  return changed;
}

}  // namespace

class ShardStore::Work {
 public:
  Work(std::filesystem::path folder, std::shared_ptr<const IndexSchema> schema)
      : folder_(std::move(folder)), schema_(std::move(schema)) {}

  Status open(int flags) {
    database_.emplace(folder_.string(), flags);
    Xapian::WritableDatabase& database = *database_;
    const std::string hash = database.get_metadata(std::string(shard_metadata::schema_hash));
    if (hash.empty() && database.get_doccount() == 0) {
      database.set_metadata(std::string(shard_metadata::schema_hash), schema_->hash);
      database.set_metadata(std::string(shard_metadata::analyzer_version), std::to_string(analyzer_version));
      database.commit();
    } else if (hash != schema_->hash) {
      return fail(ErrorCode::FailedPrecondition,
                  "NEEDS_REINDEX: " + folder_.string() + " was built with schema " + hash +
                      ", the schema is now " + schema_->hash + ": run aisle reindex");
    }
    position_.seq = decimal(database.get_metadata(std::string(shard_metadata::seq)));
    position_.lsn = decimal(database.get_metadata(std::string(shard_metadata::lsn)));
    position_.log = parse_log(database.get_metadata(std::string(shard_metadata::log)));
    if (position_.log.epoch == 0 && position_.seq > 0) {
      position_.log.chain = chain_hash({0, position_.seq}, database.get_uuid());
    }
    return {};
  }

  // A handle that has seen an exception or a cancelled transaction must not be used again: close drops the
  // transaction.
  void close() {
    values_.clear();
    in_transaction_ = false;
    if (!database_) return;
    try {
      database_->close();
    } catch (const Xapian::Error&) {
      // the files hold the last commit whatever the handle says
    }
    database_.reset();
  }

  void apply(Op op) {
    begin();
    switch (op.kind) {
      case OpKind::Upsert:
        upsert(std::move(op.document));
        break;
      case OpKind::SetNumbers:
        remember_values(op.id, op.numbers);
        break;
      case OpKind::Delete:
        remove(op.id);
        break;
      case OpKind::Mark:
        if (!op.mark_key.empty()) {
          database_->set_metadata(std::string(shard_metadata::mark_prefix) + op.mark_key, op.mark_value);
        }
        break;
    }
  }

  void commit(ShardPosition position) {
    begin();
    write_values();
    database_->set_metadata(std::string(shard_metadata::seq), std::to_string(position.seq));
    database_->set_metadata(std::string(shard_metadata::lsn), std::to_string(position.lsn));
    database_->set_metadata(std::string(shard_metadata::log), log_text(position.log));
    fault_point("shard_writer.before_commit");
    database_->commit_transaction();
    fault_point("shard_writer.after_commit");
    in_transaction_ = false;
    position_ = position;
  }

  // Runs `action`; Xapian's exceptions become an error.
  template <class Action>
  Status guarded(Action action) {
    try {
      if constexpr (std::is_same_v<decltype(action()), Status>) {
        return action();
      } else {
        action();
        return {};
      }
    } catch (const Xapian::Error& error) {
      return tl::unexpected(xapian_failure(folder_, error));
    }
  }

  bool is_open() const { return database_.has_value(); }
  const std::filesystem::path& folder() const { return folder_; }
  ShardPosition position() const { return position_; }
  std::uint64_t document_count() const { return database_ ? database_->get_doccount() : 0; }
  const ShardStatistics& statistics() const { return statistics_; }

 private:
  void begin() {
    if (in_transaction_) return;
    database_->begin_transaction();
    in_transaction_ = true;
  }

  Xapian::docid find(const std::string& term) const {
    if (!database_->term_exists(term)) return 0;  // unlike a posting list, asks without flushing the buffer
    const auto posting = database_->postlist_begin(term);
    return posting == database_->postlist_end(term) ? 0 : *posting;
  }

  void upsert(Document document) {
    values_.erase(document.id);
    const std::vector<NumberCell> numbers = std::exchange(document.numbers, {});
    std::string data = encode_document(document);
    const Xapian::docid docid = find(id_term(document.id));
    if (docid != 0) {
      Xapian::Document stored = database_->get_document(docid);
      if (stored.get_data() == data) {
        const bool changed = set_all_values(stored, numbers);
        if (changed) database_->replace_document(docid, stored);
        ++(changed ? statistics_.values_changed : statistics_.unchanged);
        return;
      }
    }
    Xapian::Document target;
    add_terms(*schema_, document, target);
    for (const NumberCell& cell : numbers) target.add_value(cell.field, encode_number_value(cell.value));
    target.set_data(data);
    if (docid != 0) {
      database_->replace_document(docid, target);
    } else {
      database_->add_document(target);
    }
    ++(docid != 0 ? statistics_.replaced : statistics_.added);
  }

  void remove(const std::string& id) {
    values_.erase(id);
    const Xapian::docid docid = find(id_term(id));
    if (docid != 0) database_->delete_document(docid);
    ++(docid != 0 ? statistics_.deleted : statistics_.unknown);
  }

  void remember_values(const std::string& id, const std::vector<NumberCell>& numbers) {
    std::vector<NumberCell>& cells = values_[id];
    for (const NumberCell& number : numbers) {
      const auto same = [&](const NumberCell& cell) { return cell.field == number.field; };
      const auto found = std::ranges::find_if(cells, same);
      if (found == cells.end()) {
        cells.push_back(number);
      } else {
        found->value = number.value;
      }
    }
  }

  // In the order of docids, so that neighbours share the blocks they dirty.
  void write_values() {
    std::vector<std::pair<Xapian::docid, const std::vector<NumberCell>*>> changes;
    changes.reserve(values_.size());
    for (const auto& [id, numbers] : values_) {
      const Xapian::docid docid = find(id_term(id));
      if (docid == 0) {
        ++statistics_.unknown;
      } else {
        changes.emplace_back(docid, &numbers);
      }
    }
    std::ranges::sort(changes);
    for (const auto& [docid, numbers] : changes) {
      // the document must be the last one read: only then does Xapian know that its terms are as they were
      Xapian::Document stored = database_->get_document(docid);
      const bool changed = set_some_values(stored, *numbers);
      if (changed) database_->replace_document(docid, stored);
      ++(changed ? statistics_.values_changed : statistics_.unchanged);
    }
    values_.clear();
  }

  const std::filesystem::path folder_;
  const std::shared_ptr<const IndexSchema> schema_;
  std::optional<Xapian::WritableDatabase> database_;
  bool in_transaction_ = false;
  std::unordered_map<std::string, std::vector<NumberCell>> values_;  // of the open transaction, by id
  ShardPosition position_;
  ShardStatistics statistics_;
};

ShardStore::ShardStore(std::unique_ptr<Work> work) : work_(std::move(work)) {}

ShardStore::~ShardStore() {
  work_->close();
}

// Xapian makes its files one by one and cannot open them when a kill has left some: so they are made elsewhere
// and the folder appears with all of them. One that is there with files is never replaced, whatever it lacks.
Status ShardStore::create(const std::filesystem::path& folder,
                          const std::shared_ptr<const IndexSchema>& schema) {
  std::error_code failure;
  std::filesystem::path half_made = folder;
  half_made += ".new";
  std::filesystem::remove_all(half_made, failure);
  if (!failure) std::filesystem::create_directories(half_made, failure);
  if (failure) {
    return fail(ErrorCode::Unavailable, "cannot create " + half_made.string() + ": " + failure.message());
  }
  {
    Work work(half_made, schema);
    AISLE_CHECK(work.guarded([&] { return work.open(Xapian::DB_CREATE); }));
    work.close();
  }
  return rename_durably(half_made, folder);
}

Result<std::unique_ptr<ShardStore>> ShardStore::open(std::filesystem::path folder,
                                                     std::shared_ptr<const IndexSchema> schema) {
  std::error_code ignored;  // opening will say it
  if (!std::filesystem::exists(folder, ignored) || std::filesystem::is_empty(folder, ignored))
    AISLE_CHECK(create(folder, schema));
  std::unique_ptr<ShardStore> store(
      new ShardStore(std::make_unique<Work>(std::move(folder), std::move(schema))));
  Work& work = *store->work_;
  AISLE_CHECK(work.guarded([&] { return work.open(Xapian::DB_OPEN); }));
  return store;
}

Status ShardStore::apply(Op op) {
  if (!work_->is_open()) return fail(ErrorCode::Unavailable, work_->folder().string() + " is not open");
  return work_->guarded([&] { work_->apply(std::move(op)); });
}

Status ShardStore::commit(ShardPosition position) {
  if (!work_->is_open()) return fail(ErrorCode::Unavailable, work_->folder().string() + " is not open");
  return work_->guarded([&] { work_->commit(position); });
}

Status ShardStore::reopen() {
  work_->close();
  return work_->guarded([&] { return work_->open(Xapian::DB_OPEN); });
}

ShardPosition ShardStore::position() const {
  return work_->position();
}
std::uint64_t ShardStore::document_count() const {
  return work_->document_count();
}
const ShardStatistics& ShardStore::statistics() const {
  return work_->statistics();
}

}  // namespace aisle
