#include "query/image_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <span>
#include <type_traits>

#include "base/file.h"
#include "base/hash.h"

namespace aisle {
namespace {

constexpr std::string_view magic = "aisle-image-3";  // another one whenever the form changes
constexpr std::size_t page = 65536;                  // of the largest kind: what is mapped begins at one

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::DataLoss, "the image file is damaged");
}

// Sections: length and hash of the bytes, the bytes, zeros up to a multiple of eight or of a page.
struct Head {
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;
};

class Writer {
 public:
  Writer(int descriptor, const std::filesystem::path& file) : descriptor_(descriptor), file_(file) {}

  Status put(std::string_view bytes, std::size_t alignment = 8) {
    const Head head{bytes.size(), hash64(bytes)};
    AISLE_CHECK(write({reinterpret_cast<const char*>(&head), sizeof head}));
    AISLE_CHECK(pad(alignment));
    AISLE_CHECK(write(bytes));
    return pad(8);
  }
  template <class T>
  Status put(const std::vector<T>& list) {
    static_assert(std::is_trivially_copyable_v<T>);
    return put(std::string_view(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(T)));
  }
  Status put(std::uint64_t number) { return put(std::vector<std::uint64_t>{number}); }
  Status put(const TermDictionary& dictionary) {
    AISLE_CHECK(put(dictionary.text()));
    return put(dictionary.offsets());
  }

 private:
  Status write(std::string_view bytes) {
    written_ += bytes.size();
    while (!bytes.empty()) {
      const ssize_t done = ::write(descriptor_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return system_failure("cannot write", file_);
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
  }
  Status pad(std::size_t alignment) {
    return write(std::string((alignment - written_ % alignment) % alignment, '\0'));
  }

  int descriptor_;
  const std::filesystem::path& file_;
  std::size_t written_ = 0;
};

class Reader {
 public:
  Reader(int descriptor, std::string_view bytes) : descriptor_(descriptor), bytes_(bytes) {}

  struct Section {
    std::size_t begin = 0;
    std::string_view bytes;
  };
  Result<Section> section(std::size_t alignment = 8) {
    Head head;
    if (bytes_.size() - at_ < sizeof head) return damaged();
    std::memcpy(&head, bytes_.data() + at_, sizeof head);
    at_ = aligned(at_ + sizeof head, alignment);
    if (at_ > bytes_.size() || head.bytes > bytes_.size() - at_) return damaged();
    const Section found{at_, bytes_.substr(at_, head.bytes)};
    if (hash64(found.bytes) != head.hash) return damaged();
    at_ = std::min(aligned(at_ + head.bytes, 8), bytes_.size());
    return found;
  }
  template <class T>
  Result<std::vector<T>> list() {
    AISLE_TRY(const Section found, section());
    if (found.bytes.size() % sizeof(T) != 0) return damaged();
    std::vector<T> list(found.bytes.size() / sizeof(T));
    if (!list.empty()) std::memcpy(list.data(), found.bytes.data(), found.bytes.size());
    return list;
  }
  Result<std::uint64_t> number() {
    AISLE_TRY(const std::vector<std::uint64_t> one, list<std::uint64_t>());
    if (one.size() != 1) return damaged();
    return one.front();
  }
  Result<TermDictionary> dictionary(TermDictionary::Find find) {
    AISLE_TRY(const Section text, section());
    AISLE_TRY(std::vector<std::uint32_t> offsets, list<std::uint32_t>());
    return TermDictionary::restore(std::string(text.bytes), std::move(offsets), find);
  }
  int descriptor() const { return descriptor_; }

 private:
  static std::size_t aligned(std::size_t at, std::size_t alignment) {
    return (at + alignment - 1) / alignment * alignment;
  }

  int descriptor_;
  std::string_view bytes_;
  std::size_t at_ = 0;
};

Status put_columns(Writer& out, const SegmentView& view) {
  const Segment& segment = *view.segment;
  AISLE_CHECK(out.put(segment.lengths.size()));
  for (const auto& lengths : segment.lengths) AISLE_CHECK(out.put(lengths));
  for (std::uint16_t field = 0; field < segment.numbers.size(); ++field) {
    std::vector<std::int64_t> values;
    if (!view.numbers(field).empty()) {
      values.reserve(segment.size);
      for (std::uint32_t i = 0; i < segment.size; ++i) values.push_back(view.numbers(field).get(i));
    }
    AISLE_CHECK(out.put(values));
  }
  for (const KeywordColumn& column : segment.keywords) {
    AISLE_CHECK(out.put(column.values()));
    AISLE_CHECK(out.put(column.offsets()));
    AISLE_CHECK(out.put(column.codes()));
  }
  return {};
}

Status put_segment(Writer& out, const SegmentView& view) {
  const Segment& segment = *view.segment;
  AISLE_CHECK(out.put(std::uint64_t{segment.size}));
  AISLE_CHECK(out.put(std::uint64_t{view.live}));
  AISLE_CHECK(out.put(view.deleted ? view.deleted->words() : std::vector<std::uint64_t>()));
  AISLE_CHECK(out.put(segment.ids.text()));
  AISLE_CHECK(out.put(segment.ids.offsets()));
  AISLE_CHECK(out.put(segment.ids.sorted()));
  AISLE_CHECK(out.put(segment.terms));
  AISLE_CHECK(out.put(segment.term_lists));
  AISLE_CHECK(out.put(segment.lists));
  AISLE_CHECK(out.put(segment.documents));
  AISLE_CHECK(out.put(segment.frequencies));
  AISLE_CHECK(out.put(segment.stemmed_terms.size()));
  for (const auto& terms : segment.stemmed_terms) AISLE_CHECK(out.put(terms));
  AISLE_CHECK(put_columns(out, view));
  AISLE_CHECK(out.put(segment.forward.all()));
  AISLE_CHECK(out.put(segment.forward.long_ends()));
  AISLE_CHECK(out.put(segment.stored.offsets()));
  return out.put(segment.stored.bytes(), page);
}

Status take_columns(Reader& in, const IndexContext& context, Segment& segment) {
  AISLE_TRY(const std::uint64_t fields, in.number());
  if (fields != context.schema->fields.size()) return damaged();
  for (std::uint64_t i = 0; i < fields; ++i) {
    AISLE_TRY(segment.lengths.emplace_back(), in.list<std::uint8_t>());
  }
  for (std::uint64_t i = 0; i < fields; ++i) {
    AISLE_TRY(const std::vector<std::int64_t> values, in.list<std::int64_t>());
    segment.numbers.push_back(NumberColumn::build(values));
  }
  for (std::uint64_t i = 0; i < fields; ++i) {
    AISLE_TRY(TermDictionary values, in.dictionary(TermDictionary::Find::Search));
    AISLE_TRY(std::vector<std::uint32_t> offsets, in.list<std::uint32_t>());
    AISLE_TRY(std::vector<std::uint32_t> codes, in.list<std::uint32_t>());
    segment.keywords.push_back(
        KeywordColumn::restore(std::move(offsets), std::move(codes), std::move(values)));
  }
  return {};
}

Status take_lists(Reader& in, const IndexContext& context, Segment& segment) {
  AISLE_TRY(const Reader::Section ids, in.section());
  AISLE_TRY(std::vector<std::uint32_t> offsets, in.list<std::uint32_t>());
  AISLE_TRY(std::vector<std::uint32_t> sorted, in.list<std::uint32_t>());
  AISLE_TRY(segment.ids, DocumentIds::restore(std::string(ids.bytes), std::move(offsets), std::move(sorted)));
  AISLE_TRY(segment.terms, in.dictionary(TermDictionary::Find::Hash));
  segment.typos = TypoIndex(segment.terms);
  AISLE_TRY(segment.term_lists, in.list<std::uint32_t>());
  AISLE_TRY(segment.lists, in.list<Segment::List>());
  AISLE_TRY(segment.documents, in.list<std::uint32_t>());
  AISLE_TRY(segment.frequencies, in.list<std::uint8_t>());
  AISLE_TRY(const std::uint64_t languages, in.number());
  if (languages != context.stemmers.size()) return damaged();
  for (std::uint64_t i = 0; i < languages; ++i) {
    AISLE_TRY(segment.stemmed_terms.emplace_back(), in.list<TermId>());
  }
  return {};
}

Status take_forward(Reader& in, const IndexContext& context, Segment& segment) {
  AISLE_TRY(std::vector<TermId> tokens, in.list<TermId>());
  AISLE_TRY(std::vector<std::uint32_t> long_ends, in.list<std::uint32_t>());
  segment.forward_field = context.forward_field;
  if (segment.forward_field < 0) return {};
  segment.forward =
      ForwardTokens(std::move(tokens), segment.lengths[static_cast<std::size_t>(segment.forward_field)],
                    std::move(long_ends));
  return {};
}

Result<SegmentView> take_segment(Reader& in, const IndexContext& context) {
  auto segment = std::make_shared<Segment>();
  SegmentView view;
  AISLE_TRY(const std::uint64_t size, in.number());
  AISLE_TRY(const std::uint64_t live, in.number());
  segment->size = static_cast<std::uint32_t>(size);
  view.live = static_cast<std::uint32_t>(live);
  AISLE_TRY(std::vector<std::uint64_t> deleted, in.list<std::uint64_t>());
  if (!deleted.empty()) view.deleted = std::make_shared<const Bitmap>(std::move(deleted));
  AISLE_CHECK(take_lists(in, context, *segment));
  AISLE_CHECK(take_columns(in, context, *segment));
  AISLE_CHECK(take_forward(in, context, *segment));
  segment->forms = PostingForms(*segment);
  AISLE_TRY(std::vector<std::uint64_t> offsets, in.list<std::uint64_t>());
  AISLE_TRY(const Reader::Section stored, in.section(page));
  if (stored.bytes.size() != (offsets.empty() ? 0 : offsets.back())) return damaged();
  AISLE_TRY(segment->stored, StoredDocuments::map(in.descriptor(), stored.begin, std::move(offsets)));
  view.segment = std::move(segment);
  return view;
}

Status take_name(Reader& in, const std::string& state) {
  AISLE_TRY(const Reader::Section form, in.section());
  AISLE_TRY(const Reader::Section name, in.section());
  if (form.bytes == magic && name.bytes == state) return {};
  return fail(ErrorCode::NotFound, "the image file is of another state of the shard");
}

Result<std::shared_ptr<const Image>> take_image(Reader& in, const std::string& state,
                                                const IndexContext& context) {
  AISLE_CHECK(take_name(in, state));
  auto image = std::make_shared<Image>();
  AISLE_TRY(image->seq, in.number());
  AISLE_TRY(image->lsn, in.number());
  AISLE_TRY(const std::uint64_t segments, in.number());
  for (std::uint64_t i = 0; i < segments; ++i) {
    AISLE_TRY(SegmentView view, take_segment(in, context));
    image->segments.push_back(std::move(view));
  }
  return image;
}

Status put_image(Writer& out, const Image& image, const std::string& state) {
  AISLE_CHECK(out.put(magic));
  AISLE_CHECK(out.put(std::string_view(state)));
  AISLE_CHECK(out.put(image.seq));
  AISLE_CHECK(out.put(image.lsn));
  AISLE_CHECK(out.put(image.segments.size()));
  for (const SegmentView& view : image.segments) AISLE_CHECK(put_segment(out, view));
  return {};
}

}  // namespace

std::filesystem::path image_file_of(const std::filesystem::path& shard) {
  return shard.parent_path() / (shard.filename().string() + ".image");
}

// Not synced: what a power cut leaves of it does not fit its hashes.
Status write_image_file(const std::filesystem::path& file, const Image& image, const std::string& state) {
  const std::filesystem::path temporary = file.string() + ".tmp";
  {
    const FileDescriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (out.get() < 0) return system_failure("cannot create", temporary);
    Writer writer(out.get(), temporary);
    if (const Status status = put_image(writer, image, state); !status) {
      ::unlink(temporary.c_str());
      return status;
    }
  }
  if (::rename(temporary.c_str(), file.c_str()) != 0) return system_failure("cannot rename to", file);
  return {};
}

bool is_image_file(const std::filesystem::path& file, const std::string& state) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return false;
  std::string beginning(4096, '\0');
  const ssize_t read = ::pread(in.get(), beginning.data(), beginning.size(), 0);
  if (read <= 0) return false;
  Reader reader(in.get(), std::string_view(beginning).substr(0, static_cast<std::size_t>(read)));
  return take_name(reader, state).has_value();
}

Result<std::shared_ptr<const Image>> read_image_file(const std::filesystem::path& file,
                                                     const std::string& state, const IndexContext& context) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) return fail(ErrorCode::NotFound, file.string() + " is not there");
  struct ::stat status{};
  if (::fstat(in.get(), &status) != 0) return system_failure("cannot read", file);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes == 0) return damaged();
  void* mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | MAP_POPULATE, in.get(), 0);
  if (mapped == MAP_FAILED) return system_failure("cannot map", file);
  Reader reader(in.get(), {static_cast<const char*>(mapped), bytes});
  auto image = take_image(reader, state, context);
  ::munmap(mapped, bytes);
  return image;
}

}  // namespace aisle
