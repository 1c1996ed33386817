#include "query/plan_wire.h"

namespace aisle {
namespace {

constexpr std::uint64_t typos_highest = 255;
constexpr std::uint64_t u16_highest = 0xFFFFU;
constexpr std::uint64_t u32_highest = 0xFFFFFFFFU;

Alternative read_alternative(WireReader& in) {
  Alternative alternative;
  alternative.term = in.text();
  alternative.kind = static_cast<MatchKind>(in.byte_up_to(static_cast<std::uint8_t>(MatchKind::Infix)));
  alternative.typos = in.byte();
  alternative.fields = static_cast<std::uint32_t>(in.number_up_to(u32_highest));
  alternative.points = static_cast<std::uint32_t>(in.number_up_to(u32_highest));
  return alternative;
}

void write_demand(WireWriter& out, const Demand& demand) {
  out.flag(demand.excluded);
  out.text(demand.text);
  out.list(demand.row, [&](const std::string& word) { out.text(word); });
  out.list(demand.terms, [&](const Demand::Term& some) {
    out.text(some.term);
    out.list(some.fields, [&](std::uint16_t field) { out.number(field); });
  });
}

Demand read_demand(WireReader& in) {
  Demand demand;
  demand.excluded = in.flag();
  demand.text = in.text();
  in.list([&] { demand.row.emplace_back(in.text()); });
  in.list([&] {
    Demand::Term& some = demand.terms.emplace_back();
    some.term = in.text();
    in.list([&] { some.fields.push_back(static_cast<std::uint16_t>(in.number_up_to(u16_highest))); });
  });
  return demand;
}

Position read_position(WireReader& in) {
  Position position;
  position.word = in.text();
  position.words = static_cast<std::uint32_t>(in.number_up_to(u32_highest));
  position.weight = static_cast<std::uint32_t>(in.number_up_to(u32_highest));
  in.list([&] { position.alternatives.push_back(read_alternative(in)); });
  return position;
}

}  // namespace

void write_plan(WireWriter& out, const Plan& plan) {
  out.number(static_cast<std::uint64_t>(plan.typos_max));
  out.number(static_cast<std::uint64_t>(plan.share));
  out.list(plan.demands, [&](const Demand& demand) { write_demand(out, demand); });
  out.list(plan.readings, [&](const Reading& reading) {
    out.list(reading.positions, [&](const Position& position) {
      out.text(position.word);
      out.number(position.words);
      out.number(position.weight);
      out.list(position.alternatives, [&](const Alternative& alternative) {
        out.text(alternative.term);
        out.byte(static_cast<std::uint8_t>(alternative.kind));
        out.byte(alternative.typos);
        out.number(alternative.fields);
        out.number(alternative.points);
      });
    });
  });
}

Plan read_plan(WireReader& in) {
  Plan plan;
  plan.typos_max = static_cast<int>(in.number_up_to(typos_highest));
  plan.share = static_cast<int>(in.number_up_to(Plan::share_all));
  in.list([&] { plan.demands.push_back(read_demand(in)); });
  in.list([&] {
    Reading& reading = plan.readings.emplace_back();
    in.list([&] { reading.positions.push_back(read_position(in)); });
    if (reading.positions.empty()) in.refuse();
  });
  return plan;
}

}  // namespace aisle
