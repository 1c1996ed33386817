#include "indexer/file_verifier.h"

#include <chrono>
#include <limits>
#include <map>
#include <unordered_set>
#include <utility>

#include "base/hash.h"
#include "indexer/file_source.h"
#include "indexer/record_fingerprints.h"
#include "indexer/stored_generation.h"

namespace aisle {
namespace {

// Takes what an import would write, and compares it instead.
class ComparingSink final : public ChangeSink {
 public:
  ComparingSink(std::shared_ptr<const DocumentBuilder> builder, StoredGeneration generation)
      : builder_(builder), fingerprints_(std::move(builder)), generation_(std::move(generation)) {}

  Status apply(ChangeBatch batch) override {
    const auto wanted = fingerprints_.of(batch.upserts);
    std::vector<std::string> ids;
    for (const SourceRecord& record : batch.upserts) ids.push_back(id_of(record));
    AISLE_TRY(const auto indexed, generation_.fingerprints(ids));
    for (std::size_t i = 0; i < ids.size(); ++i) note(ids[i], wanted[i], indexed[i]);
    for (const std::string& id : batch.deletes) differences_[id] = Difference::Extra;
    return {};
  }
  Lsn durable_lsn() const override { return 0; }
  Status flush(Deadline) override { return {}; }
  Result<std::string> mark(const std::string&) const override { return ""; }
  Result<std::vector<std::string>> ids(const std::string& after, std::size_t count_max) override {
    return generation_.ids(after, count_max);
  }

  VerifyReport report() const {
    VerifyReport out;
    out.checked = seen_.size();
    out.refused = refused_;
    for (const auto& [id, difference] : differences_) {
      if (difference == Difference::Extra) ++out.checked;
      out.add(difference, id);
    }
    return out;
  }

 private:
  std::string id_of(const SourceRecord& record) const {
    if (!record.id.empty()) return record.id;
    const auto values = builder_->build_values(record.json);
    return values ? values->id : "";
  }

  // Of several records of an id the last one counts.
  void note(const std::string& id, const std::optional<std::uint64_t>& wanted, std::uint64_t indexed) {
    if (!wanted) {
      ++refused_;
      return;
    }
    seen_.insert(hash64(id));
    if (*wanted == indexed) {
      differences_.erase(id);
    } else {
      differences_[id] = indexed == 0 ? Difference::Missing : Difference::Different;
    }
  }

  std::shared_ptr<const DocumentBuilder> builder_;
  RecordFingerprints fingerprints_;
  StoredGeneration generation_;
  std::unordered_set<std::uint64_t> seen_;
  std::map<std::string, Difference> differences_;
  std::uint64_t refused_ = 0;
};

}  // namespace

Result<VerifyReport> verify_file(const std::filesystem::path& file, std::shared_ptr<const IndexSchema> schema,
                                 std::vector<std::filesystem::path> shards) {
  const auto begin = std::chrono::steady_clock::now();
  AISLE_TRY(auto builder, DocumentBuilder::create(schema));
  ComparingSink sink(std::move(builder), StoredGeneration(std::move(shards)));
  FileImportOptions options;
  options.id_field = schema->id_field;
  options.deletes_free = std::numeric_limits<std::uint64_t>::max();
  AISLE_CHECK(import_file(file, sink, options));
  VerifyReport report = sink.report();
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return report;
}

}  // namespace aisle
