// Xapian's exceptions as errors. Only for .cc files that call Xapian.
#pragma once
#include <xapian.h>
#include <filesystem>

#include "base/error.h"

namespace aisle {

// Conflict for a lock held elsewhere, DataLoss for damage, ResourceExhausted for a full disk, InvalidArgument
// for a term or value that Xapian refuses, else Unavailable. The message begins with the folder.
Error xapian_failure(const std::filesystem::path& folder, const Xapian::Error& error);

}  // namespace aisle
