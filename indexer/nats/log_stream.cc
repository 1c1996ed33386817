#include "indexer/nats/log_stream.h"

#include <utility>

#include "indexer/nats/nats_handles.h"
#include "schemas/op_batch.h"

namespace aisle {
namespace {

constexpr std::int64_t nanoseconds_per_second = 1'000'000'000;

StreamMessage message_of(natsMsg* message) {
  return {natsMsg_GetSequence(message),
          std::string(natsMsg_GetData(message), static_cast<std::size_t>(natsMsg_GetDataLength(message)))};
}

}  // namespace

LogStream::LogStream(std::shared_ptr<NatsConnection> connection, std::string name, std::string subject)
    : connection_(std::move(connection)), name_(std::move(name)), subject_(std::move(subject)) {}

Status LogStream::create(const StreamLimits& limits) const {
  if (const auto found = range(); found || found.error().code != ErrorCode::NotFound) {
    return found ? Status() : tl::unexpected<Error>(found.error());
  }
  jsStreamConfig config;
  jsStreamConfig_Init(&config);
  const char* subject = subject_.c_str();
  config.Name = name_.c_str();
  config.Subjects = &subject;
  config.SubjectsLen = 1;
  config.Storage = js_FileStorage;
  config.Replicas = limits.replicas;
  config.Discard = js_DiscardOld;
  config.MaxAge = limits.age_max_seconds * nanoseconds_per_second;
  config.MaxBytes = limits.bytes_max;
  config.DenyDelete = true;
  config.DenyPurge = true;
  jsStreamInfo* made = nullptr;
  jsErrCode code{};
  const natsStatus status = js_AddStream(&made, connection_->jetstream(), &config, nullptr, &code);
  const NatsStreamInfo info(made);
  if (status != NATS_OK) return nats_failure("cannot create stream " + name_, status, code);
  return {};
}

Result<StreamRange> LogStream::range() const {
  jsStreamInfo* found = nullptr;
  jsErrCode code{};
  const natsStatus status = js_GetStreamInfo(&found, connection_->jetstream(), name_.c_str(), nullptr, &code);
  const NatsStreamInfo info(found);
  if (status != NATS_OK) return nats_failure("stream " + name_, status, code);
  return StreamRange{info->State.FirstSeq, info->State.LastSeq};
}

Result<StreamMessage> LogStream::message(std::uint64_t sequence) const {
  natsMsg* found = nullptr;
  jsErrCode code{};
  const natsStatus status =
      js_GetMsg(&found, connection_->jetstream(), name_.c_str(), sequence, nullptr, &code);
  const NatsMessage message(found);
  if (status != NATS_OK) {
    return nats_failure("message " + std::to_string(sequence) + " of stream " + name_, status, code);
  }
  return message_of(message.get());
}

Result<StreamMessage> LogStream::last() const {
  natsMsg* found = nullptr;
  jsErrCode code{};
  const natsStatus status =
      js_GetLastMsg(&found, connection_->jetstream(), name_.c_str(), subject_.c_str(), nullptr, &code);
  const NatsMessage message(found);
  if (status != NATS_OK) return nats_failure("last message of stream " + name_, status, code);
  return message_of(message.get());
}

Result<std::uint64_t> LogStream::publish(std::string_view data, std::uint64_t expected_last) const {
  if (data.size() > batch_bytes_max) {
    return fail(ErrorCode::TooLarge, "a batch of " + std::to_string(data.size()) + " bytes, the limit is " +
                                         std::to_string(batch_bytes_max));
  }
  jsPubOptions options;
  jsPubOptions_Init(&options);
  options.MaxWait = connection_->request_timeout().count();
  options.ExpectStream = name_.c_str();
  // an expected sequence of 0 sends no header at all: the append would not be fenced
  options.ExpectLastSeq = expected_last;
  options.ExpectNoMessage = expected_last == 0;
  jsPubAck* acknowledged = nullptr;
  jsErrCode code{};
  const natsStatus status = js_Publish(&acknowledged, connection_->jetstream(), subject_.c_str(), data.data(),
                                       static_cast<int>(data.size()), &options, &code);
  const NatsPubAck ack(acknowledged);
  if (status != NATS_OK) return nats_failure("cannot append to stream " + name_, status, code);
  return ack->Sequence;
}

}  // namespace aisle
