// What products must hold, or must not, besides matching a reading: phrases and exclusions.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "query/segment.h"

namespace aisle {

// Holds of a product with the row or with one of the terms.
struct Demand {
  struct Term {
    std::string term;
    std::vector<std::uint16_t> fields;  // by number; empty: any searched field
  };
  std::vector<std::string> row;  // next to each other in the forward field; anywhere where there is none. Or
  std::vector<Term> terms;
  bool excluded = false;  // the product must not
  std::string text;       // as typed, for people
};

// The documents that hold the row or a term, ascending; deleted ones, too.
std::vector<std::uint32_t> holders(const Demand& demand, const Segment& segment);

// Whether the document meets all demands.
bool meets(const std::vector<Demand>& demands, const Segment& segment, std::uint32_t document);

// Takes from ascending documents those that fail a demand.
void keep_demanded(const std::vector<Demand>& demands, const Segment& segment,
                   std::vector<std::uint32_t>& documents);

}  // namespace aisle
