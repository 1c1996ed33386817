#include "tests/support/catalogue.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>

#include "indexer/shard_store.h"
#include "query/shard_loader.h"
#include "tests/support/pipeline.h"

namespace aisle::test {
namespace {

void require(bool ok, const std::string& message) {
  if (ok) return;
  std::fprintf(stderr, "%s\n", message.c_str());
  std::abort();
}

template <class T>
T value_of(Result<T> result) {
  require(result.has_value(), result ? "" : result.error().message);
  return std::move(*result);
}

void require_ok(const Status& status) {
  require(status.has_value(), status ? "" : status.error().message);
}

std::vector<std::vector<Op>> by_shard(std::span<const Op> ops, std::uint32_t shards) {
  std::vector<std::vector<Op>> routed(shards);
  for (const Op& op : ops) routed[shard_of(op.id, shards)].push_back(op);
  return routed;
}

}  // namespace

Catalogue::Catalogue(std::string_view schema_text)
    : schema_(value_of(IndexSchema::parse(schema_text))),
      builder_(value_of(DocumentBuilder::create(schema_))),
      context_(value_of(IndexContext::create(schema_, folder_.path()))) {}

Op Catalogue::upsert(std::string_view record) const {
  Op op;
  op.kind = OpKind::Upsert;
  op.document = value_of(builder_->build(record));
  op.id = op.document.id;
  return op;
}

std::vector<Op> Catalogue::upserts(const std::vector<std::string>& records) const {
  std::vector<Op> ops;
  for (const std::string& record : records) ops.push_back(upsert(record));
  return ops;
}

std::shared_ptr<const Statistics> Catalogue::statistics(std::span<const Op> ops) const {
  ImageBuilder builder(context_, std::make_shared<Image>());
  require_ok(builder.apply(ops, ops.size()));
  require_ok(builder.merge_all());
  const std::vector<std::shared_ptr<const Image>> images = {builder.image()};
  return Statistics::collect(images, *context_);
}

View Catalogue::view_of(std::vector<std::shared_ptr<const Image>> images, std::span<const Op> ops) const {
  View view;
  view.context = context_;
  view.shards = std::move(images);
  view.statistics = statistics(ops);
  return view;
}

View Catalogue::grow(std::span<const Op> ops, std::uint32_t shards) const {
  std::vector<std::shared_ptr<const Image>> images;
  for (const std::vector<Op>& routed : by_shard(ops, shards)) {
    ImageBuilder builder(context_, std::make_shared<Image>());
    require_ok(builder.apply(routed, routed.size()));
    images.push_back(builder.image());
  }
  return view_of(std::move(images), ops);
}

View Catalogue::grow(std::span<const Op> ops, std::uint32_t shards, Random& random) const {
  std::vector<std::shared_ptr<const Image>> images;
  for (const std::vector<Op>& routed : by_shard(ops, shards)) {
    ImageBuilder builder(context_, std::make_shared<Image>());
    std::span<const Op> left = routed;
    const std::uint64_t batch_max = 1 + random.below(20);
    while (!left.empty()) {
      const auto count = std::min<std::size_t>(left.size(), 1 + random.below(batch_max));
      require_ok(builder.apply(left.first(count), routed.size() - left.size() + count));
      left = left.subspan(count);
      if (random.chance(5)) require_ok(builder.merge_all());
    }
    images.push_back(builder.image());
  }
  return view_of(std::move(images), ops);
}

View Catalogue::load(std::span<const Op> ops, std::uint32_t shards) {
  std::vector<std::shared_ptr<const Image>> images;
  shard_folders_.clear();
  for (std::vector<Op>& routed : by_shard(ops, shards)) {
    shard_folders_.push_back(folder_.path() / ("shard-" + std::to_string(loads_++)));
    {
      const auto store = value_of(ShardStore::open(shard_folders_.back(), schema_));
      const std::size_t count = routed.size();
      for (Op& op : routed) require_ok(store->apply(std::move(op)));
      require_ok(store->commit({count, 1}));
    }
    images.push_back(value_of(load_image(shard_folders_.back(), context_)));
  }
  return view_of(std::move(images), ops);
}

View Catalogue::import(const std::vector<std::string>& records, std::uint32_t shards) {
  const auto folder =
      value_of(IndexFolder::acquire(folder_.path() / ("import-" + std::to_string(loads_++)), schema_->index));
  const auto pipeline = value_of(open_pipeline(folder, schema_, {.shards = shards}));
  ChangeBatch batch;
  for (const std::string& record : records) batch.upserts.push_back({upsert(record).id, record});
  batch.lsn = 1;
  require_ok(pipeline->apply(std::move(batch)));
  require_ok(pipeline->flush(Deadline::after(std::chrono::seconds(60))));
  require(pipeline->dead_letters().total() == 0, "a record of the catalogue was refused");
  std::vector<std::shared_ptr<const Image>> images;
  for (std::uint32_t shard = 0; shard < pipeline->shards(); ++shard) {
    images.push_back(value_of(load_image(pipeline->shard_set().path(shard), context_)));
  }
  return view_of(std::move(images), upserts(records));
}

std::vector<Document> documents_after(std::span<const Op> ops) {
  std::map<std::string, Document> model;
  for (const Op& op : ops) {
    if (op.kind == OpKind::Upsert) model[op.id] = op.document;
    if (op.kind == OpKind::Delete) model.erase(op.id);
    if (op.kind != OpKind::SetNumbers || !model.contains(op.id)) continue;
    auto& numbers = model[op.id].numbers;
    for (const NumberCell& cell : op.numbers) {
      std::erase_if(numbers, [&](const NumberCell& old) { return old.field == cell.field; });
      if (cell.value != missing_number) numbers.push_back(cell);
    }
  }
  std::vector<Document> documents;
  for (auto& entry : model) documents.push_back(std::move(entry.second));
  return documents;
}

}  // namespace aisle::test
