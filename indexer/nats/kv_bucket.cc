#include "indexer/nats/kv_bucket.h"

#include <utility>

#include "indexer/nats/nats_handles.h"

namespace aisle {
namespace {

KvEntry entry_of(kvEntry* entry) {
  KvEntry found{kvEntry_Key(entry), "", kvEntry_Revision(entry)};
  if (kvEntry_Operation(entry) == kvOp_Put) {
    found.value.assign(static_cast<const char*>(kvEntry_Value(entry)),
                       static_cast<std::size_t>(kvEntry_ValueLen(entry)));
  }
  return found;
}

}  // namespace

KvBucket::KvBucket(std::shared_ptr<NatsConnection> connection, KvBucketOptions options)
    : connection_(std::move(connection)), options_(std::move(options)) {}
KvBucket::~KvBucket() = default;

Result<std::shared_ptr<__kvStore>> KvBucket::open() {
  const std::lock_guard lock(mutex_);
  if (store_ != nullptr) return store_;
  if (!connection_->connected()) {
    return fail(ErrorCode::Unavailable, "bucket " + options_.name + ": no NATS server answers");
  }
  kvStore* found = nullptr;
  natsStatus status = js_KeyValue(&found, connection_->jetstream(), options_.name.c_str());
  if (status == NATS_NOT_FOUND) {
    kvConfig config;
    kvConfig_Init(&config);
    config.Bucket = options_.name.c_str();
    config.History = 1;
    config.Replicas = options_.replicas;
    config.StorageType = options_.memory ? js_MemoryStorage : js_FileStorage;
    config.TTL = std::chrono::nanoseconds(options_.lifetime).count();
    status = js_CreateKeyValue(&found, connection_->jetstream(), &config);
  }
  if (status != NATS_OK) return nats_failure("bucket " + options_.name, status);
  store_ = std::shared_ptr<__kvStore>(found, kvStore_Destroy);
  return store_;
}

// The handle is opened anew after an error: the bucket may have been lost with its servers.
tl::unexpected<Error> KvBucket::failure(const std::string& what, int status) {
  {
    const std::lock_guard lock(mutex_);
    store_.reset();
  }
  return fail(ErrorCode::Unavailable, what + " in bucket " + options_.name + ": " +
                                          natsStatus_GetText(static_cast<natsStatus>(status)));
}

Result<std::optional<KvEntry>> KvBucket::get(const std::string& key) {
  AISLE_TRY(const auto store, open());
  kvEntry* found = nullptr;
  const natsStatus status = kvStore_Get(&found, store.get(), key.c_str());
  const NatsEntry entry(found);
  if (status == NATS_NOT_FOUND) return std::optional<KvEntry>();
  if (status != NATS_OK) return failure("cannot read " + key, status);
  return std::optional<KvEntry>(entry_of(entry.get()));
}

Result<std::uint64_t> KvBucket::create(const std::string& key, std::string_view value) {
  AISLE_TRY(const auto store, open());
  std::uint64_t revision = 0;
  const natsStatus status =
      kvStore_Create(&revision, store.get(), key.c_str(), value.data(), static_cast<int>(value.size()));
  if (status != NATS_OK) return failure("cannot create " + key, status);
  return revision;
}

Result<std::uint64_t> KvBucket::update(const std::string& key, std::string_view value,
                                       std::uint64_t revision) {
  AISLE_TRY(const auto store, open());
  std::uint64_t stored = 0;
  const natsStatus status = kvStore_Update(&stored, store.get(), key.c_str(), value.data(),
                                           static_cast<int>(value.size()), revision);
  if (status != NATS_OK) return failure("cannot change " + key, status);
  return stored;
}

Result<std::uint64_t> KvBucket::put(const std::string& key, std::string_view value) {
  AISLE_TRY(const auto store, open());
  std::uint64_t revision = 0;
  const natsStatus status =
      kvStore_Put(&revision, store.get(), key.c_str(), value.data(), static_cast<int>(value.size()));
  if (status != NATS_OK) return failure("cannot store " + key, status);
  return revision;
}

Status KvBucket::remove(const std::string& key) {
  AISLE_TRY(const auto store, open());
  const natsStatus status = kvStore_Delete(store.get(), key.c_str());
  if (status != NATS_OK) return failure("cannot remove " + key, status);
  return {};
}

Result<std::vector<std::string>> KvBucket::keys() {
  AISLE_TRY(const auto store, open());
  kvKeysList list{};
  const natsStatus status = kvStore_Keys(&list, store.get(), nullptr);
  if (status == NATS_NOT_FOUND) return std::vector<std::string>();
  if (status != NATS_OK) return failure("cannot list the keys", status);
  std::vector<std::string> keys(list.Keys, list.Keys + list.Count);
  kvKeysList_Destroy(&list);
  return keys;
}

Result<std::unique_ptr<KvBucket::Watch>> KvBucket::watch(const std::string& key) {
  AISLE_TRY(const auto store, open());
  kvWatcher* made = nullptr;
  const natsStatus status = key.empty() ? kvStore_WatchAll(&made, store.get(), nullptr)
                                        : kvStore_Watch(&made, store.get(), key.c_str(), nullptr);
  if (status != NATS_OK) return failure("cannot watch", status);
  return std::unique_ptr<Watch>(new Watch(store, made));
}

KvBucket::Watch::~Watch() {
  kvWatcher_Stop(watcher_);
  kvWatcher_Destroy(watcher_);
}

Result<std::optional<KvEntry>> KvBucket::Watch::next(std::chrono::milliseconds wait) {
  kvEntry* found = nullptr;
  const natsStatus status = kvWatcher_Next(&found, watcher_, std::max<std::int64_t>(wait.count(), 1));
  const NatsEntry entry(found);
  if (status == NATS_TIMEOUT || (status == NATS_OK && found == nullptr)) return std::optional<KvEntry>();
  if (status != NATS_OK) return nats_failure("watching a bucket", status);
  return std::optional<KvEntry>(entry_of(entry.get()));
}

}  // namespace aisle
