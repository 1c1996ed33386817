#include "query/image_builder.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

#include "base/log.h"
#include "query/segment_builder.h"
#include "query/segment_merge.h"

namespace aisle {
namespace {

constexpr std::size_t merge_width = 8;    // segments of one size class become one of the next
constexpr std::uint64_t few_share = 100;  // products that come in a calm time: no more than one of so many
constexpr std::uint64_t scattered_share = 5;  // one of so many outside the largest segment
constexpr int merge_niceness = 10;

std::vector<std::shared_ptr<const Segment>> segments_of(const Image& image) {
  std::vector<std::shared_ptr<const Segment>> all;
  for (const SegmentView& view : image.segments) all.push_back(view.segment);
  return all;
}

void set_number(std::vector<NumberCell>& numbers, const NumberCell& cell) {
  const auto at = std::ranges::find(numbers, cell.field, &NumberCell::field);
  if (at == numbers.end()) {
    numbers.push_back(cell);
  } else {
    at->value = cell.value;
  }
}

// The cells that one batch changes in one segment, by field.
using ColumnChanges = std::map<std::uint16_t, std::vector<NumberChange>>;

void change_columns(SegmentView& view, ColumnChanges& changes) {
  for (auto& [field, list] : changes) {
    std::ranges::stable_sort(list, {}, &NumberChange::document);
    if (view.changed.size() <= field) view.changed.resize(field + 1U);
    view.changed[field] = std::make_shared<const NumberColumn>(view.numbers(field).with(list));
  }
}

void delete_documents(SegmentView& view, const std::vector<std::uint32_t>& documents) {
  if (documents.empty()) return;
  auto deleted =
      view.deleted ? std::make_shared<Bitmap>(*view.deleted) : std::make_shared<Bitmap>(view.segment->size);
  for (const std::uint32_t document : documents) deleted->set(document);
  view.live -= static_cast<std::uint32_t>(documents.size());
  view.deleted = std::move(deleted);
}

// What happened to a segment while its merge ran goes into the merged view.
void carry_over(const SegmentView& before, const SegmentView& now, const std::vector<std::uint32_t>& moved,
                SegmentView& merged) {
  std::vector<std::uint32_t> deleted;
  for (std::uint32_t document = 0; document < now.segment->size; ++document) {
    if (now.is_deleted(document) && !before.is_deleted(document)) deleted.push_back(moved[document]);
  }
  delete_documents(merged, deleted);
  ColumnChanges changes;
  for (std::uint16_t field = 0; field < now.changed.size(); ++field) {
    const auto former = field < before.changed.size() ? before.changed[field] : nullptr;
    if (now.changed[field] == former) continue;
    for (std::uint32_t document = 0; document < now.segment->size; ++document) {
      const std::int64_t value = now.numbers(field).get(document);
      if (moved[document] == no_document || value == before.numbers(field).get(document)) continue;
      changes[field].push_back({moved[document], value});
    }
  }
  change_columns(merged, changes);
}

}  // namespace

std::vector<std::shared_ptr<const Segment>> merge_candidates(const Image& image) {
  std::map<int, std::vector<std::shared_ptr<const Segment>>> classes;
  for (const SegmentView& view : image.segments) {
    if (view.live < view.segment->size / 2) return {view.segment};  // mostly tombstones
    const int size_class = std::bit_width(std::max<std::uint32_t>(view.segment->size, 512) - 1) / 3;
    classes[size_class].push_back(view.segment);
  }
  for (auto& [size_class, segments] : classes) {
    if (segments.size() >= merge_width) return segments;
  }
  return {};
}

std::vector<std::shared_ptr<const Segment>> scattered_segments(const Image& image) {
  std::uint64_t all = 0;
  std::uint64_t largest = 0;
  for (const SegmentView& view : image.segments) {
    all += view.live;
    largest = std::max<std::uint64_t>(largest, view.live);
  }
  const bool scattered = image.segments.size() > 1 && (all - largest) * scattered_share >= all;
  return scattered ? segments_of(image) : std::vector<std::shared_ptr<const Segment>>();
}

ImageBuilder::ImageBuilder(std::shared_ptr<const IndexContext> context, std::shared_ptr<const Image> start,
                           std::chrono::milliseconds calm, Prepare prepare)
    : context_(std::move(context)),
      calm_(calm),
      prepare_(std::move(prepare)),
      image_(std::move(start)),
      merger_([this](const std::stop_token& stop) { merge_loop(stop); }) {}

ImageBuilder::~ImageBuilder() {
  merger_.request_stop();
  changed_.notify_all();
}

ImageBuilder::Batch ImageBuilder::coalesce(std::span<const Op> ops) {
  Batch batch;
  for (const Op& op : ops) {
    switch (op.kind) {
      case OpKind::Upsert:
        batch[op.id] = {.document = &op.document, .deleted = true, .numbers = {}};
        break;
      case OpKind::Delete:
        batch[op.id] = {.document = nullptr, .deleted = true, .numbers = {}};
        break;
      case OpKind::SetNumbers: {
        Pending& pending = batch[op.id];
        if (pending.deleted && pending.document == nullptr) break;
        for (const NumberCell& cell : op.numbers) set_number(pending.numbers, cell);
        break;
      }
      case OpKind::Mark:
        break;
    }
  }
  return batch;
}

void ImageBuilder::change_segments(const Batch& batch, Image& next) const {
  for (SegmentView& view : next.segments) {
    std::vector<std::uint32_t> deleted;
    ColumnChanges changes;
    for (const auto& [id, pending] : batch) {
      const std::uint32_t document = view.segment->ids.find(id);
      if (document == no_document || view.is_deleted(document)) continue;
      if (pending.deleted) {
        deleted.push_back(document);
      } else {
        for (const NumberCell& cell : pending.numbers) changes[cell.field].push_back({document, cell.value});
      }
    }
    delete_documents(view, deleted);
    change_columns(view, changes);
  }
  std::erase_if(next.segments, [](const SegmentView& view) { return view.live == 0; });
}

Status ImageBuilder::add_segment(const Batch& batch, Image& next) {
  SegmentBuilder builder(context_);
  for (const auto& [id, pending] : batch) {
    if (pending.document == nullptr) continue;
    if (pending.numbers.empty()) {
      builder.add(*pending.document);
    } else {
      Document patched = *pending.document;
      for (const NumberCell& cell : pending.numbers) set_number(patched.numbers, cell);
      builder.add(patched);
    }
  }
  if (builder.size() == 0) return {};
  AISLE_TRY(auto segment, builder.finish());
  if (prepare_) prepare_(segment);
  added_ += segment->size;
  next.segments.push_back({.segment = segment, .deleted = nullptr, .live = segment->size, .changed = {}});
  return {};
}

Status ImageBuilder::apply(std::span<const Op> ops, Seq seq) {
  const Batch batch = coalesce(ops);
  Lsn lsn = 0;
  for (const Op& op : ops) lsn = std::max(lsn, op.lsn);
  {
    const std::lock_guard lock(publish_mutex_);
    auto next = std::make_shared<Image>(*image_.get());
    change_segments(batch, *next);
    AISLE_CHECK(add_segment(batch, *next));
    next->seq = std::max(next->seq, seq);
    next->lsn = std::max(next->lsn, lsn);
    image_.set(std::move(next));
  }
  changed_.notify_all();
  while (image()->segments.size() > segments_max) AISLE_CHECK(merge(merge_candidates(*image())));
  return {};
}

Status ImageBuilder::merge_all() {
  const std::lock_guard one_at_a_time(merge_mutex_);  // what a running merge makes is merged, too
  return merge_locked(segments_of(*image()));
}

Status ImageBuilder::merge(const std::vector<std::shared_ptr<const Segment>>& chosen) {
  const std::lock_guard one_at_a_time(merge_mutex_);
  return merge_locked(chosen);
}

Status ImageBuilder::merge_locked(const std::vector<std::shared_ptr<const Segment>>& chosen) {
  const auto is_chosen = [&](const SegmentView& view) {
    return std::ranges::find(chosen, view.segment) != chosen.end();
  };
  std::vector<SegmentView> sources;
  std::ranges::copy_if(image()->segments, std::back_inserter(sources), is_chosen);
  if (sources.empty()) return {};
  AISLE_TRY(const MergedSegment merged, merge_segments(sources, *context_));
  if (prepare_) prepare_(merged.segment);

  const std::lock_guard lock(publish_mutex_);
  auto next = std::make_shared<Image>(*image_.get());
  SegmentView view{
      .segment = merged.segment, .deleted = nullptr, .live = merged.segment->size, .changed = {}};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto now = std::ranges::find(next->segments, sources[i].segment, &SegmentView::segment);
    if (now != next->segments.end()) {
      carry_over(sources[i], *now, merged.moved[i], view);
      continue;
    }
    std::vector<std::uint32_t> rest;  // the segment was dropped: all that was still live in it is gone by now
    for (const std::uint32_t document : merged.moved[i]) {
      if (document != no_document) rest.push_back(document);
    }
    delete_documents(view, rest);
  }
  std::erase_if(next->segments, is_chosen);
  if (view.live > 0) next->segments.insert(next->segments.begin(), std::move(view));
  image_.set(std::move(next));
  return {};
}

std::vector<std::shared_ptr<const Segment>> ImageBuilder::wait_for_candidates(const std::stop_token& stop) {
  std::vector<std::shared_ptr<const Segment>> chosen;
  std::unique_lock lock(publish_mutex_);
  const std::uint64_t before = added_;
  changed_.wait_for(lock, stop, calm_, [&] {
    chosen = merge_candidates(*image_.get());
    return !chosen.empty();
  });
  const std::shared_ptr<const Image> now = image_.get();
  std::uint64_t live = 0;
  for (const SegmentView& view : now->segments) live += view.live;
  const bool calm = (added_ - before) * few_share <= live;
  return chosen.empty() && calm ? scattered_segments(*now) : chosen;
}

void ImageBuilder::merge_loop(const std::stop_token& stop) {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()),
              merge_niceness);  // of this thread alone; may be refused
  while (!stop.stop_requested()) {
    const std::vector<std::shared_ptr<const Segment>> chosen = wait_for_candidates(stop);
    if (stop.stop_requested() || chosen.empty()) continue;
    if (const Status status = merge(chosen); !status) {
      log(LogLevel::Error, "image.merge_failed", status.error().message);
      std::unique_lock lock(publish_mutex_);  // do not spin: wait for the next change
      const Seq seq = image_.get()->seq;
      changed_.wait(lock, stop, [&] { return image_.get()->seq != seq; });
    }
  }
}

}  // namespace aisle
