// One shard's log in JetStream and what reads and writes it, for tests.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "indexer/nats/jetstream_op_log.h"
#include "tests/support/nats_servers.h"

namespace aisle::test {

inline Op delete_op(const std::string& id) {
  Op op;
  op.kind = OpKind::Delete;
  op.id = id;
  return op;
}

inline Op mark_op(Lsn lsn) {
  Op op;
  op.lsn = lsn;
  return op;
}

inline std::shared_ptr<NatsConnection> connect(const NatsServers& servers) {
  return NatsConnection::open({.urls = servers.urls(), .name = "test"}).value();
}

}  // namespace aisle::test
