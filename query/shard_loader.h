// A shard on disk becomes its first image.
#pragma once
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "query/image.h"
#include "query/index_context.h"

namespace aisle {

// The image of the Xapian database at `shard`: from the file that keep_image() left when it fits, else by
// reading every product in one pass; gives the same answers as the image that applied the ops. An empty image
// when the database has none. DataLoss names the product that cannot be read; Unavailable: a writer commits
// faster than the shard can be read.
Result<std::shared_ptr<const Image>> load_image(const std::filesystem::path& shard,
                                                const std::shared_ptr<const IndexContext>& context);

// Leaves the image beside its shard for the next load_image(), unless it is there. FailedPrecondition: the
// shard does not have just the ops that the image has; others are those of write_image_file().
Status keep_image(const std::filesystem::path& shard, const Image& image, const IndexContext& context);

}  // namespace aisle
