#include "indexer/nats/nats_connection.h"

#include "indexer/nats/nats_handles.h"

namespace aisle {
namespace {

constexpr std::int64_t reconnect_wait_ms = 200;
constexpr std::int64_t connect_timeout_ms = 1'000;
constexpr std::int64_t ping_interval_ms = 2'000;  // finds a server that was stopped with its sockets open
constexpr int pings_out_max = 2;
constexpr int reconnects_max = 1 << 30;
constexpr std::chrono::seconds ended_kept{10};  // the reading thread is through with a message long before

using Options = std::unique_ptr<natsOptions, NatsDestroyer<natsOptions_Destroy>>;

void ignore_connection(natsConnection*, void*) {}
void ignore_error(natsConnection*, natsSubscription*, natsStatus, void*) {}  // the library would print it

natsStatus set_options(natsOptions* target, const NatsOptions& options) {
  std::vector<const char*> urls;
  for (const std::string& url : options.urls) urls.push_back(url.c_str());
  natsStatus status = natsOptions_SetServers(target, urls.data(), static_cast<int>(urls.size()));
  const auto then = [&](natsStatus next) {
    if (status == NATS_OK) status = next;
  };
  then(natsOptions_SetName(target, options.name.c_str()));
  then(natsOptions_SetTimeout(target, connect_timeout_ms));
  then(natsOptions_SetAllowReconnect(target, true));
  then(natsOptions_SetMaxReconnect(target, reconnects_max));
  then(natsOptions_SetReconnectWait(target, reconnect_wait_ms));
  then(natsOptions_SetPingInterval(target, ping_interval_ms));
  then(natsOptions_SetMaxPingsOut(target, pings_out_max));
  then(natsOptions_SetFailRequestsOnDisconnect(target, true));
  then(natsOptions_SetErrorHandler(target, ignore_error, nullptr));
  then(natsOptions_SetRetryOnFailedConnect(target, true, ignore_connection, nullptr));
  return status;
}

}  // namespace

Result<std::shared_ptr<NatsConnection>> NatsConnection::open(const NatsOptions& options) {
  if (options.urls.empty()) return fail(ErrorCode::InvalidArgument, "no address of a NATS server is given");
  natsOptions* made = nullptr;
  natsStatus status = natsOptions_Create(&made);
  const Options native(made);
  if (status == NATS_OK) status = set_options(native.get(), options);
  if (status != NATS_OK) {
    return fail(ErrorCode::InvalidArgument,
                "address " + options.urls.front() + ": " + natsStatus_GetText(status));
  }
  std::shared_ptr<NatsConnection> connection(new NatsConnection(options.request_timeout));
  status = natsConnection_Connect(&connection->connection_, native.get());
  if (status != NATS_OK && status != NATS_NOT_YET_CONNECTED) {
    return nats_failure("cannot connect to " + options.urls.front(), status);
  }
  jsOptions context;
  jsOptions_Init(&context);
  context.Wait = options.request_timeout.count();
  status = natsConnection_JetStream(&connection->jetstream_, connection->connection_, &context);
  if (status != NATS_OK) return nats_failure("cannot use JetStream", status);
  return connection;
}

NatsConnection::~NatsConnection() {
  jsCtx_Destroy(jetstream_);
  if (connection_ != nullptr) natsConnection_Close(connection_);  // waits for the reading thread
  for (const Ended& old : ended_) natsSubscription_Destroy(old.subscription);
  natsConnection_Destroy(connection_);
}

void NatsConnection::end(natsSubscription* subscription) {
  natsSubscription_Unsubscribe(subscription);
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(ended_mutex_);
  std::erase_if(ended_, [&](const Ended& old) {
    const bool gone = now - old.at > ended_kept;
    if (gone) natsSubscription_Destroy(old.subscription);
    return gone;
  });
  ended_.push_back({now, subscription});
}

bool NatsConnection::connected() const {
  return natsConnection_Status(connection_) == NATS_CONN_STATUS_CONNECTED;
}

}  // namespace aisle
