// How the documents of a segment are numbered. The length of the forward field comes first: a length is a
// range of numbers, the shortest ones, which may score highest, in front. Those of one length stand by their
// value in one keyword field, so that what is filtered and counted together is read together, and last by id.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "schemas/index_schema.h"

namespace aisle {

// The numbers of documents that come in the order of their ids; `groups` may be empty.
std::vector<std::uint32_t> document_numbers(std::span<const std::uint8_t> lengths,
                                            std::span<const std::uint32_t> groups);

// Number of the keyword field that groups documents, likely the one that shops are browsed by: a hierarchy
// where there is one, else of the facets with some variety the one with the fewest values. `values`: how many
// there are, by field number. -1: none.
int grouping_field(const IndexSchema& schema, std::span<const std::size_t> values);

}  // namespace aisle
