// One JetStream for the tests of a program, and what they put into logs.
#pragma once
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "indexer/nats/jetstream_op_log.h"
#include "tests/support/eventually.h"
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

// Servers are slow to start: one for all tests of the program, each of which uses names of its own.
class NatsTest : public testing::Test {
 protected:
  static NatsServers& servers() {
    static NatsServers all;
    return all;
  }
  void SetUp() override {
    if (!NatsServers::unavailable().empty()) GTEST_SKIP() << NatsServers::unavailable();
    connection_ = connect(servers());
    ASSERT_TRUE(eventually([&] { return connection_->connected(); }));
  }

  std::shared_ptr<NatsConnection> connection_;
  static inline std::uint32_t numbers_ = 0;
  const std::uint32_t number_ = ++numbers_;  // of the test
};

}  // namespace aisle::test
