// Threads that do a part of one thread's work while nobody else works: a search on an idle machine is done
// sooner, and under load each keeps to one core.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

namespace aisle {

// Thread-safe, without locks. Users are gone before it goes.
class SpareCores {
 public:
  // `work_least`: less is not shared, in the unit of User::workers().
  SpareCores(std::size_t threads, std::uint64_t work_least);
  ~SpareCores();
  SpareCores(const SpareCores&) = delete;
  SpareCores& operator=(const SpareCores&) = delete;

  // A thread that works, for as long as it lives.
  class User {
    struct Job {
      std::atomic<std::size_t> next = 0;  // task
      std::size_t tasks = 0;
      const void* work = nullptr;
      void (*call)(const void* work, std::size_t worker, std::size_t task) = nullptr;

      // Returns the number of tasks done.
      std::size_t work_as(std::size_t worker) {
        std::size_t done = 0;
        for (std::size_t task = next++; task < tasks; task = next++, ++done) call(work, worker, task);
        return done;
      }
    };

   public:
    explicit User(SpareCores* cores);  // null: no core to spare
    ~User();
    User(const User&) = delete;
    User& operator=(const User&) = delete;

    // How many threads, this one included, should do so much work together: 1 while others use the cores.
    std::size_t workers(std::uint64_t work) const;
    bool may_share() const { return workers(std::numeric_limits<std::uint64_t>::max()) > 1; }
    // Calls work(worker, task) for every task in [0, tasks) once, in their order but several at once, and
    // returns when all have returned. Workers are numbers from 0, of this thread, to below `workers`, which
    // came from workers(); calls with the same one follow each other. A `work` that throws ends the process.
    template <class Work>
    void share(std::size_t workers, std::size_t tasks, const Work& work) const {
      Job job;
      job.tasks = tasks;
      job.work = &work;
      job.call = [](const void* some, std::size_t worker, std::size_t task) noexcept {
        (*static_cast<const Work*>(some))(worker, task);
      };
      run(job, workers);
    }

   private:
    friend class SpareCores;
    void run(Job& job, std::size_t workers) const;

    SpareCores* cores_;
  };

  // Tasks that others than their user have done since this was last asked.
  std::uint64_t tasks_taken() { return tasks_taken_.exchange(0); }

 private:
  enum State : std::uint32_t { Sleeping, Offering, Offered, Working, Ending };
  struct alignas(64) Helper {
    std::atomic<std::uint32_t> state = Sleeping;
    User::Job* job = nullptr;  // when it is offered and while it is worked on
    std::thread thread;
  };

  void follow(Helper& helper, std::size_t worker);

  const std::uint64_t work_least_;
  std::atomic<std::uint64_t> tasks_taken_ = 0;
  std::atomic<std::size_t> users_ = 0;
  std::vector<std::unique_ptr<Helper>> helpers_;
};

}  // namespace aisle
