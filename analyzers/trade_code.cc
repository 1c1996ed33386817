#include "analyzers/trade_code.h"

#include <algorithm>
#include <utility>

namespace aisle {
namespace {

constexpr std::size_t isbn_10_size = 10;
constexpr std::size_t gtin_14_size = 14;
constexpr std::string_view bookland = "978";  // what an ISBN-10 has in front as EAN-13

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_isbn_10(std::string_view code) {
  return code.size() == isbn_10_size && std::ranges::all_of(code.substr(0, 9), is_digit) &&
         (is_digit(code.back()) || code.back() == 'x');
}

int value_of(char c) {
  return c == 'x' ? 10 : c - '0';
}

// What one more of the digit at `at` adds to the sum that must be 0 modulo modulus().
int weight_at(std::string_view code, std::size_t at) {
  const auto from_right = static_cast<int>(code.size() - at);  // 1 = the check digit
  if (code.size() == isbn_10_size) return from_right;
  return from_right % 2 == 0 ? 3 : 1;
}

int modulus(std::string_view code) {
  return code.size() == isbn_10_size ? 11 : 10;
}

int remainder_of(std::string_view code) {
  int sum = 0;
  for (std::size_t i = 0; i < code.size(); ++i) sum += value_of(code[i]) * weight_at(code, i);
  return sum % modulus(code);
}

// The code with a right last digit in place of its own.
std::string with_check_digit(std::string code) {
  code.back() = '0';
  const int missing = (modulus(code) - remainder_of(code)) % modulus(code);
  code.back() = missing == 10 ? 'x' : static_cast<char>('0' + missing);
  return code;
}

void add(std::vector<std::string>& codes, std::string code, std::string_view but) {
  if (code != but && std::ranges::find(codes, code) == codes.end()) codes.push_back(std::move(code));
}

// All lengths of one GTIN, which has 14 digits here.
void add_lengths(std::vector<std::string>& codes, const std::string& gtin, std::string_view but) {
  for (const std::size_t size : {14U, 13U, 12U, 8U}) {
    if (gtin.find_first_not_of('0') >= gtin_14_size - size) add(codes, gtin.substr(gtin_14_size - size), but);
  }
  const std::string ean = gtin.substr(1);
  if (gtin.front() == '0' && ean.starts_with(bookland)) add(codes, with_check_digit(ean.substr(3)), but);
}

}  // namespace

std::optional<std::string_view> trade_code_type(std::string_view code) {
  if (is_isbn_10(code)) return "ISBN-10";
  if (!std::ranges::all_of(code, is_digit)) return std::nullopt;
  switch (code.size()) {
    case 8:
      return "EAN-8";
    case 12:
      return "UPC-12";
    case 13:
      return code.starts_with(bookland) ? "ISBN-13" : "EAN-13";
    case 14:
      return "GTIN-14";
    default:
      return std::nullopt;
  }
}

bool has_right_check_digit(std::string_view code) {
  return trade_code_type(code) && remainder_of(code) == 0;
}

std::vector<std::string> same_trade_codes(std::string_view code) {
  std::vector<std::string> codes;
  if (!has_right_check_digit(code)) return codes;
  std::string gtin(code);
  if (is_isbn_10(code)) gtin = with_check_digit(std::string(bookland) + gtin);
  gtin.insert(0, gtin_14_size - gtin.size(), '0');
  add_lengths(codes, gtin, code);
  const char packaging = gtin.front();  // 0: the thing itself; 9: sold by measure
  if (packaging >= '1' && packaging <= '8') {
    gtin.front() = '0';
    add_lengths(codes, with_check_digit(gtin), code);
  }
  return codes;
}

std::vector<std::string> near_trade_codes(std::string_view code) {
  std::vector<std::string> codes;
  if (!trade_code_type(code) || has_right_check_digit(code)) return codes;
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string near(code);
    const int most = code.size() == isbn_10_size && i + 1 == code.size() ? 10 : 9;
    for (int digit = 0; digit <= most; ++digit) {
      near[i] = digit == 10 ? 'x' : static_cast<char>('0' + digit);
      if (has_right_check_digit(near)) add(codes, near, code);
    }
    if (i + 1 == code.size()) break;
    near = code;
    std::swap(near[i], near[i + 1]);
    if (has_right_check_digit(near)) add(codes, near, code);
  }
  return codes;
}

}  // namespace aisle
