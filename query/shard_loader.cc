#include "query/shard_loader.h"

#include <xapian.h>

#include <charconv>

#include "query/segment_builder.h"
#include "schemas/term_layout.h"

namespace aisle {
namespace {

std::uint64_t number_of_metadata(const Xapian::Database& database, std::string_view key) {
  const std::string text = database.get_metadata(std::string(key));
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Status add_document(Xapian::Document stored, const IndexContext& context, SegmentBuilder& builder) {
  AISLE_TRY(Document document, decode_document(stored.get_data()));
  document.numbers.clear();
  for (auto value = stored.values_begin(); value != stored.values_end(); ++value) {
    const auto field = static_cast<std::uint16_t>(value.get_valueno());
    if (field >= context.schema->fields.size()) continue;
    AISLE_TRY(const std::int64_t number, decode_number_value(*value));
    document.numbers.push_back({field, number});
  }
  builder.add(document);
  return {};
}

// One reading of one revision; throws what Xapian throws.
Result<std::shared_ptr<const Image>> load_revision(const std::filesystem::path& shard,
                                                   const std::shared_ptr<const IndexContext>& context) {
  const Xapian::Database database(shard.string());
  auto image = std::make_shared<Image>();
  image->seq = number_of_metadata(database, shard_metadata::seq);
  image->lsn = number_of_metadata(database, shard_metadata::lsn);
  SegmentBuilder builder(context);
  for (auto at = database.postlist_begin(""); at != database.postlist_end(""); ++at) {
    if (const Status status = add_document(database.get_document(*at), *context, builder); !status) {
      return fail(ErrorCode::DataLoss,
                  shard.string() + ": document " + std::to_string(*at) + ": " + status.error().message);
    }
  }
  if (builder.size() > 0) {
    AISLE_TRY(auto segment, builder.finish());
    image->segments.push_back({.segment = segment, .deleted = nullptr, .live = segment->size, .changed = {}});
  }
  return image;
}

}  // namespace

Result<std::shared_ptr<const Image>> load_image(const std::filesystem::path& shard,
                                                const std::shared_ptr<const IndexContext>& context) {
  constexpr int attempts = 10;  // a writer that commits twice meanwhile takes the revision's blocks away
  for (int attempt = 1;; ++attempt) {
    try {
      return load_revision(shard, context);
    } catch (const Xapian::DatabaseModifiedError& error) {
      if (attempt == attempts) return fail(ErrorCode::Unavailable, shard.string() + ": " + error.get_description());
    } catch (const Xapian::Error& error) {
      return fail(ErrorCode::DataLoss, shard.string() + ": " + error.get_description());
    }
  }
}

}  // namespace aisle
