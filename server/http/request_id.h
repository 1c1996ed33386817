// Request ids: the client's if it is harmless, else a new one.
#pragma once
#include <string>
#include <string_view>

#include "server/http/http_message.h"

namespace aisle {

inline constexpr std::size_t request_id_bytes_max = 64;

// 1 to 64 of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

// A UUID of version 7: sortable by time, 74 random bits. No secret.
std::string make_request_id();

// The first legal one of x-request-id, request-id and x-algolia-request-id, else a new one.
std::string request_id_of(const HttpHeaders& headers);

}  // namespace aisle
