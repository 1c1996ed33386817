// nats.h for the files of this folder, with owners for what it hands out.
#pragma once
#include <nats/nats.h>

#include <memory>
#include <string>

#include "base/error.h"

namespace aisle {

template <auto Destroy>
struct NatsDestroyer {
  template <class T>
  void operator()(T* handle) const {
    Destroy(handle);
  }
};

using NatsMessage = std::unique_ptr<natsMsg, NatsDestroyer<natsMsg_Destroy>>;
using NatsStreamInfo = std::unique_ptr<jsStreamInfo, NatsDestroyer<jsStreamInfo_Destroy>>;
using NatsPubAck = std::unique_ptr<jsPubAck, NatsDestroyer<jsPubAck_Destroy>>;
using NatsKeyValue = std::unique_ptr<kvStore, NatsDestroyer<kvStore_Destroy>>;
using NatsEntry = std::unique_ptr<kvEntry, NatsDestroyer<kvEntry_Destroy>>;

// What a status means for a caller; `what` begins the sentence. JetStream's own code wins where there is one:
// 10071 is Conflict, a missing stream or message NotFound. Whatever leaves the outcome open is Unavailable.
inline tl::unexpected<Error> nats_failure(const std::string& what, natsStatus status, jsErrCode code = {}) {
  std::string message = what + ": " + natsStatus_GetText(status);
  if (code != 0) message += " (" + std::to_string(static_cast<int>(code)) + ")";
  if (code == JSStreamWrongLastSequenceErr) return fail(ErrorCode::Conflict, message);
  if (code == JSStreamNotFoundErr || code == JSNoMessageFoundErr || status == NATS_NOT_FOUND) {
    return fail(ErrorCode::NotFound, message);
  }
  if (status == NATS_MAX_PAYLOAD) return fail(ErrorCode::TooLarge, message);
  if (status == NATS_INVALID_ARG || status == NATS_INVALID_SUBJECT) {
    return fail(ErrorCode::InvalidArgument, message);
  }
  if (status == NATS_NOT_PERMITTED || status == NATS_CONNECTION_AUTH_FAILED) {
    return fail(ErrorCode::PermissionDenied, message);
  }
  return fail(ErrorCode::Unavailable, message);
}

}  // namespace aisle
