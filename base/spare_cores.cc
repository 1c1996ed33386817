#include "base/spare_cores.h"

namespace aisle {

SpareCores::SpareCores(std::size_t threads, std::uint64_t work_least) : work_least_(work_least) {
  for (std::size_t i = 0; i < threads; ++i) {
    Helper& helper = *helpers_.emplace_back(std::make_unique<Helper>());
    helper.thread = std::thread([this, &helper, worker = i + 1] { follow(helper, worker); });
  }
}

SpareCores::~SpareCores() {
  for (const auto& helper : helpers_) {
    helper->state = Ending;
    helper->state.notify_all();
    helper->thread.join();
  }
}

void SpareCores::follow(Helper& helper, std::size_t worker) {
  while (true) {
    helper.state.wait(Sleeping);
    std::uint32_t seen = helper.state;
    if (seen == Ending) return;
    if (seen == Offering) helper.state.wait(Offering);
    seen = Offered;
    if (!helper.state.compare_exchange_strong(seen, Working)) continue;  // it was taken back
    tasks_taken_ += helper.job->work_as(worker);
    helper.state = Sleeping;
    helper.state.notify_all();  // whoever offered it may wait
  }
}

SpareCores::User::User(SpareCores* cores) : cores_(cores) {
  if (cores_ != nullptr) ++cores_->users_;
}

SpareCores::User::~User() {
  if (cores_ != nullptr) --cores_->users_;
}

std::size_t SpareCores::User::workers(std::uint64_t work) const {
  if (cores_ == nullptr || cores_->users_ > 1 || work < cores_->work_least_) return 1;
  return cores_->helpers_.size() + 1;
}

// A helper that has not woken up by the end is not waited for: its part has been done here.
void SpareCores::User::run(Job& job, std::size_t workers) const {
  const std::size_t helpers = workers - 1;
  std::vector<Helper*> offered;
  for (std::size_t i = 0; i < helpers && i + 1 < job.tasks; ++i) {
    Helper& helper = *cores_->helpers_[i];
    std::uint32_t seen = Sleeping;
    if (!helper.state.compare_exchange_strong(seen, Offering)) continue;
    helper.job = &job;
    helper.state = Offered;
    helper.state.notify_all();
    offered.push_back(&helper);
  }
  job.work_as(0);
  for (Helper* helper : offered) {
    std::uint32_t seen = Offered;
    if (helper->state.compare_exchange_strong(seen, Sleeping)) continue;
    helper->state.wait(Working);
  }
}

}  // namespace aisle
