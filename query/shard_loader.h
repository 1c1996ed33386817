// A shard on disk becomes its first image.
#pragma once
#include <filesystem>
#include <memory>

#include "base/error.h"
#include "query/image.h"
#include "query/index_context.h"

namespace aisle {

// Reads every product of the Xapian database at `shard` in one pass; gives the same answers as the image that
// applied the ops. An empty image when the database has none. DataLoss names the product that cannot be read;
// Unavailable: a writer commits faster than the shard can be read.
Result<std::shared_ptr<const Image>> load_image(const std::filesystem::path& shard,
                                                const std::shared_ptr<const IndexContext>& context);

}  // namespace aisle
