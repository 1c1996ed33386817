// Ops become a new image of a shard at once; background merges keep the number of segments logarithmic.
//
// (1) A published segment never changes. (2) An image's seq and LSN never go back. (3) A tombstone is never
// lifted: a product that comes back lives in a newer segment. (4) A merge changes neither the live products
// nor their values.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/snapshot.h"
#include "query/image.h"
#include "query/index_context.h"
#include "schemas/op.h"

namespace aisle {

// apply() by one thread at a time; image() by any.
class ImageBuilder {
 public:
  static constexpr std::size_t segments_max = 64;  // apply() waits for merges above

  static constexpr std::chrono::seconds calm_usual{5};
  using Prepare = std::function<void(const std::shared_ptr<const Segment>&)>;

  // Calls `prepare` for each segment before it is published, by whichever thread made it; none of `start`.
  // A thread of low priority merges segments of one size class as they become many and, each `calm` in which
  // few products came (a hundredth), all of them once a fifth of the products lies outside the largest: a
  // query asks each segment.
  ImageBuilder(std::shared_ptr<const IndexContext> context, std::shared_ptr<const Image> start,
               std::chrono::milliseconds calm = calm_usual, Prepare prepare = {});
  ~ImageBuilder();
  ImageBuilder(const ImageBuilder&) = delete;
  ImageBuilder& operator=(const ImageBuilder&) = delete;

  // Publishes an image that has all of `ops`; `seq` is that of the last one. Fails only when stored documents
  // cannot be written; the image is then the former one.
  Status apply(std::span<const Op> ops, Seq seq);
  std::shared_ptr<const Image> image() const { return image_.get(); }
  // Merges all that was applied before the call into one segment and returns when it is published.
  Status merge_all();

 private:
  // What a batch does to one product, after all its ops.
  struct Pending {
    const Document* document = nullptr;  // upserted
    bool deleted = false;                // gone before anything else
    std::vector<NumberCell> numbers;     // set afterwards
  };
  using Batch = std::unordered_map<std::string_view, Pending>;

  static Batch coalesce(std::span<const Op> ops);
  Status add_segment(const Batch& batch, Image& next);
  void change_segments(const Batch& batch, Image& next) const;
  void merge_loop(const std::stop_token& stop);
  std::vector<std::shared_ptr<const Segment>> wait_for_candidates(const std::stop_token& stop);
  Status merge(const std::vector<std::shared_ptr<const Segment>>& chosen);
  Status merge_locked(const std::vector<std::shared_ptr<const Segment>>& chosen);  // merge_mutex_ is held

  std::shared_ptr<const IndexContext> context_;
  const std::chrono::milliseconds calm_;
  const Prepare prepare_;
  Snapshot<Image> image_;
  std::mutex publish_mutex_;             // guards read-change-publish of image_, and added_
  std::uint64_t added_ = 0;              // products, since the start
  std::mutex merge_mutex_;               // one merge at a time
  std::condition_variable_any changed_;  // with publish_mutex_: a new image was published
  std::jthread merger_;                  // last: stops first
};

// The segments that should be merged now, by size class; empty when none.
std::vector<std::shared_ptr<const Segment>> merge_candidates(const Image& image);
// All of them when a fifth of the products lies outside the largest, else none.
std::vector<std::shared_ptr<const Segment>> scattered_segments(const Image& image);

}  // namespace aisle
