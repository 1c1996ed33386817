// One group of shards being asked: the tries under way and what to do when time passes or one of them ends.
#pragma once
#include <optional>
#include <vector>

#include "server/fanout/fan_out.h"

namespace aisle {

// One thread.
class GroupCall {
 public:
  using Time = Deadline::Clock::time_point;

  GroupCall(FanOut& owner, const ShardGroup& group, const GroupCallText& text, Deadline deadline);

  GroupCall(GroupCall&&) = default;
  GroupCall& operator=(GroupCall&&) = delete;
  GroupCall(const GroupCall&) = delete;
  GroupCall& operator=(const GroupCall&) = delete;
  ~GroupCall() = default;

  void start();
  // Judges what has ended and begins what is due. `accept` as FanOut::Accept, for this group.
  void advance(const std::function<Status(std::string_view)>& accept);
  bool done() const { return status_.has_value(); }
  const Status& status() const { return *status_; }
  // When advance() has something to do even if nothing ends.
  Time next_event() const;
  void add_exchanges(std::vector<NodeExchange*>& all) const;

 private:
  struct Try {
    std::string id;
    std::unique_ptr<NodeExchange> exchange;
    Time begun;
    bool overdue = false;  // its retry was considered
  };

  bool begin_try(bool desperate);
  void judge(Try done, const std::function<Status(std::string_view)>& accept);
  void judge_refusal(const Try& refused);
  void fail_try(const Try& failed, std::string why);
  void retry();
  void consider_second(Time now);
  void finish(Status status);

  FanOut& owner_;
  const ShardGroup& group_;
  const GroupCallText& text_;
  std::string shards_;
  Deadline deadline_;
  std::vector<std::string> untried_;
  std::vector<Try> tries_;
  bool hedged_ = false;
  bool retried_ = false;
  Error error_{ErrorCode::Unavailable, "no replica takes calls"};
  std::optional<Status> status_;
};

}  // namespace aisle
