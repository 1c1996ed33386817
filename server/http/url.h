// Percent-encoding, query strings and forms. Pure functions over bytes; no opinion about UTF-8.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace aisle {

// What '+' stands for: itself in a path, a space in a query string or form.
enum class PlusSign { Literal, Space };

// InvalidArgument on a '%' that two hex digits do not follow. The result may hold any byte, NUL included.
Result<std::string> percent_decode(std::string_view text, PlusSign plus);

// All but [A-Za-z0-9._~-] as %XX: fits a path segment, a query value and a form alike.
std::string percent_encode(std::string_view text);

// In order of appearance; a name may come more than once.
using QueryPairs = std::vector<std::pair<std::string, std::string>>;

struct PairLimits {
  std::size_t bytes_max = 4 * 1024;  // of the encoded text
  std::size_t pairs_max = 128;       // an honest request has a dozen
};

// "a=1&b=x%20y&c" gives {a,1} {b,"x y"} {c,""}; empty parts between '&' are skipped.
// TooLarge past a limit, InvalidArgument on a malformed escape; the message names which.
Result<QueryPairs> parse_query(std::string_view text, const PairLimits& limits = {});

// The same for a body of application/x-www-form-urlencoded.
inline constexpr PairLimits form_limits{.bytes_max = 1024 * 1024, .pairs_max = 1024};
Result<QueryPairs> parse_form(std::string_view text, const PairLimits& limits = form_limits);

// The first value of that name. The view lives as long as `pairs`.
std::optional<std::string_view> find_parameter(const QueryPairs& pairs, std::string_view name);

}  // namespace aisle
