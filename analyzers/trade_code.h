// Codes of the trade: GTIN (EAN, UPC) and ISBN, told by their length and proved by their check digit.
//   GTIN     weights 3, 1, 3... from the right, modulo 10         (GS1 General Specifications, 7.9)
//   ISBN-10  weights 10 down to 1, modulo 11, X is ten            (ISO 2108)
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace aisle {

// "EAN-8", "UPC-12", "EAN-13", "GTIN-14", "ISBN-10" or "ISBN-13" by length and digits alone; nothing for
// other codes. `code` is normalised: normalize_code().
std::optional<std::string_view> trade_code_type(std::string_view code);

// False for what is no trade code.
bool has_right_check_digit(std::string_view code);

// Other codes of the same product, itself not among them; none unless the check digit is right. A GTIN is the
// same with leading zeros; a GTIN-14 of a package leads to what is packed, not the other way; ISBN-10 and
// ISBN-13.
std::vector<std::string> same_trade_codes(std::string_view code);

// Codes with a right check digit of which this one, with a wrong one, is a slip: one digit wrong, or two
// neighbours swapped.
std::vector<std::string> near_trade_codes(std::string_view code);

}  // namespace aisle
