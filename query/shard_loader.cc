#include "query/shard_loader.h"

#include <fmt/format.h>
#include <xapian.h>

#include <charconv>

#include "base/hash.h"
#include "base/log.h"
#include "query/image_file.h"
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

// Names what an image of the database depends on.
std::string state_of(const Xapian::Database& database, const IndexContext& context) {
  // the whole schema, not its hash alone: weights choose the forward field
  return fmt::format("{} {} {} {} {}", database.get_uuid(), database.get_revision(), context.schema->hash,
                     hash_text(context.schema->text), AISLE_VERSION);
}

// The number columns beside the documents. Each is read along in one piece: looking a document's values up
// one by one would read the same blocks of the database again and again.
class NumberStreams {
 public:
  NumberStreams(const Xapian::Database& database, std::size_t fields) {
    for (std::size_t field = 0; field < fields; ++field) {
      const auto slot = static_cast<Xapian::valueno>(field);
      auto at = database.valuestream_begin(slot);
      if (at != database.valuestream_end(slot))
        streams_.push_back({static_cast<std::uint16_t>(field), std::move(at)});
    }
  }

  // The numbers of a document; documents in ascending order.
  Status read(Xapian::docid document, std::vector<NumberCell>& numbers) {
    numbers.clear();
    for (Stream& stream : streams_) {
      while (stream.at != Xapian::ValueIterator() && stream.at.get_docid() < document) ++stream.at;
      if (stream.at == Xapian::ValueIterator() || stream.at.get_docid() != document) continue;
      AISLE_TRY(const std::int64_t number, decode_number_value(*stream.at));
      numbers.push_back({stream.field, number});
    }
    return {};
  }

 private:
  struct Stream {
    std::uint16_t field = 0;
    Xapian::ValueIterator at;
  };
  std::vector<Stream> streams_;
};

Status add_document(const Xapian::Document& stored, NumberStreams& streams, SegmentBuilder& builder) {
  AISLE_TRY(Document document, decode_document(stored.get_data()));
  AISLE_CHECK(streams.read(stored.get_docid(), document.numbers));
  builder.add(document);
  return {};
}

// One reading of one revision; throws what Xapian throws.
Result<std::shared_ptr<const Image>> load_revision(const std::filesystem::path& shard,
                                                   const std::shared_ptr<const IndexContext>& context) {
  const Xapian::Database database(shard.string());
  const auto kept = read_image_file(image_file_of(shard), state_of(database, *context), *context);
  if (kept) return *kept;
  if (kept.error().code != ErrorCode::NotFound)
    log(LogLevel::Warn, "image.file_unusable", kept.error().message, {{"shard", shard.string()}});
  auto image = std::make_shared<Image>();
  image->seq = number_of_metadata(database, shard_metadata::seq);
  image->lsn = number_of_metadata(database, shard_metadata::lsn);
  SegmentBuilder builder(context);
  NumberStreams streams(database, context->schema->fields.size());
  for (auto at = database.postlist_begin(""); at != database.postlist_end(""); ++at) {
    if (const Status status = add_document(database.get_document(*at), streams, builder); !status) {
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
      if (attempt == attempts)
        return fail(ErrorCode::Unavailable, shard.string() + ": " + error.get_description());
    } catch (const Xapian::Error& error) {
      return fail(ErrorCode::DataLoss, shard.string() + ": " + error.get_description());
    }
  }
}

Status keep_image(const std::filesystem::path& shard, const Image& image, const IndexContext& context) {
  try {
    const Xapian::Database database(shard.string());
    const Seq seq = number_of_metadata(database, shard_metadata::seq);
    if (seq != image.seq) {
      return fail(ErrorCode::FailedPrecondition,
                  fmt::format("the image has seq {}, {} has {}", image.seq, shard.string(), seq));
    }
    const std::string state = state_of(database, context);
    if (is_image_file(image_file_of(shard), state)) return {};
    return write_image_file(image_file_of(shard), image, state);
  } catch (const Xapian::Error& error) {
    return fail(ErrorCode::Unavailable, shard.string() + ": " + error.get_description());
  }
}

}  // namespace aisle
