// Stands in a view for a shard that another node has.
#pragma once
#include <limits>
#include <memory>

#include "query/image.h"

namespace aisle {

// Empty, and as far as any reader could wait for: View::lsn() is that of the shards that are here.
inline const std::shared_ptr<const Image>& image_elsewhere() {
  static const auto image = std::make_shared<const Image>(
      Image{.segments = {}, .seq = std::numeric_limits<Seq>::max(), .lsn = std::numeric_limits<Lsn>::max()});
  return image;
}

}  // namespace aisle
