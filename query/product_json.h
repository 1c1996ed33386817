// The text of a product as an answer shows it.
#pragma once
#include <cstdint>
#include <string>

#include "query/index_context.h"
#include "query/segment.h"

namespace aisle {

// The stored JSON object with its volatile fields as of the view.
std::string product_json(const IndexContext& context, const SegmentView& view, std::uint32_t document);

// Two steps ahead of it, for all products of a page.
void prefetch_product_place(const SegmentView& view, std::uint32_t document);
void prefetch_product(const IndexContext& context, const SegmentView& view, std::uint32_t document);

}  // namespace aisle
