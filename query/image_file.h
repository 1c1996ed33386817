// An image as it lies in memory, in one file beside its shard, so that a start need not make it again.
//
// A cache and nothing else: it names the revision of the shard that it was made of, and whoever finds it
// missing, damaged, of another revision or of another version of aisle reads the shard.
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"
#include "query/image.h"
#include "query/index_context.h"

namespace aisle {

// "shard-0" -> "shard-0.image"
std::filesystem::path image_file_of(const std::filesystem::path& shard);

// Writes `image` under the name `state`, complete or not at all: Unavailable, ResourceExhausted.
Status write_image_file(const std::filesystem::path& file, const Image& image, const std::string& state);

// Whether `file` is an image of that name; it may be damaged behind its beginning.
bool is_image_file(const std::filesystem::path& file, const std::string& state);

// The image of that name. NotFound: there is none, or one of another name; DataLoss: damaged. Stored
// documents stay in the file, which may be replaced meanwhile.
Result<std::shared_ptr<const Image>> read_image_file(const std::filesystem::path& file,
                                                     const std::string& state, const IndexContext& context);

}  // namespace aisle
