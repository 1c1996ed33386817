// The generations of an index that this process has open, and with which schema each is opened.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/error.h"
#include "indexer/index_folder.h"
#include "server/generation.h"
#include "server/membership/membership.h"

namespace aisle {

// Each generation keeps the text of the schema it was built for (generation-<n>/schema.json), so that it can
// be fed on while a new one is built for another schema. Thread-safe.
class GenerationSet {
 public:
  // `schema_folder`: what file names in schemas are relative to.
  // In a cluster every generation follows the logs of its shards; `membership` is null outside of one.
  GenerationSet(std::shared_ptr<const IndexFolder> folder, std::filesystem::path schema_folder,
                std::shared_ptr<Membership> membership = nullptr);

  // The open one, or opens it: with `wanted` when it was built for a schema of that content, else with its
  // own schema. It is stale (Generation::fed() is false) when it was built by a version of aisle whose
  // content differs.
  //   NotFound            there is no such generation on disk
  //   FailedPrecondition  NEEDS_REINDEX: another schema, and it has not kept its own
  //   others              of the shards and images
  Result<std::shared_ptr<Generation>> open(std::uint32_t number,
                                           const std::shared_ptr<const IndexSchema>& wanted);

  // Writes down what a new generation is for; open() may follow, in this process or the next.
  Status create(std::uint32_t number, const IndexSchema& schema, std::uint32_t shards);

  // In a cluster: a generation that is not on disk is taken from another member, or begun empty when none has
  // it. Nothing for one that is there. Errors: take_base(), FailedPrecondition when its schema is another.
  Status prepare(const GenerationRef& wanted, const std::shared_ptr<const IndexSchema>& schema);
  // Puts a base from another member in the place of one that cannot go on. NotFound when nobody has one;
  // then, and after every other error before the base is there, it is as it was. Nothing may deliver to it
  // any more.
  Result<std::shared_ptr<Generation>> replace(const GenerationRef& wanted,
                                              const std::shared_ptr<const IndexSchema>& schema);

  std::shared_ptr<Generation> find(std::uint32_t number) const;  // nullptr: not open
  std::vector<std::shared_ptr<Generation>> all() const;
  // Commits and lets go. Nothing may deliver to it any more.
  void close(std::uint32_t number);
  void close_all();

  // Closes and deletes it. The manifest goes first, so that a half deleted one is none.
  Status remove(std::uint32_t number);

 private:
  Result<std::shared_ptr<Generation>> open_from_disk(std::uint32_t number,
                                                     const std::shared_ptr<const IndexSchema>& wanted);
  Result<std::shared_ptr<const IndexSchema>> schema_of(
      const GenerationManifest& manifest, const std::shared_ptr<const IndexSchema>& wanted) const;
  std::filesystem::path schema_file(std::uint32_t number) const;
  Result<std::shared_ptr<Generation>> open_replicated(std::shared_ptr<ShardSet> shards) const;
  Status install(const std::filesystem::path& base, const GenerationRef& generation) const;

  const std::shared_ptr<const IndexFolder> folder_;
  const std::filesystem::path schema_folder_;
  const std::shared_ptr<Membership> membership_;
  std::mutex open_mutex_;     // one is opened at a time
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::uint32_t, std::shared_ptr<Generation>> open_;
};

// Of a new generation: `wanted`, else one for a small catalogue and one a core for others.
std::uint32_t shards_for(std::uint32_t wanted, std::uint64_t products);

}  // namespace aisle
