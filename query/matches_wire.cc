#include "query/matches_wire.h"

namespace aisle {
namespace {

constexpr std::uint64_t u32_highest = 0xFFFFFFFFU;

void write_keys(WireWriter& out, const SortValues& keys, const std::vector<SortKey>& sort) {
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const SortValues::Value& value = keys.values[i];
    out.flag(value.missing);
    if (value.missing) continue;
    if (sort[i].field->is_number()) {
      out.signed_number(value.number);
    } else {
      out.text(value.text);
    }
  }
}

void write_hit(WireWriter& out, const ShardHit& hit, const MatchRequest& request) {
  out.text(hit.id);
  out.signed_number(hit.score);
  out.byte(hit.typos);
  out.number(hit.missing);
  write_keys(out, hit.keys, request.sort);
  out.flag(hit.product != nullptr);
  if (hit.product) write_product(out, *hit.product);
}

void write_pin(WireWriter& out, const ShardPin& pin) {
  out.number(pin.pin);
  out.byte(static_cast<std::uint8_t>(pin.state));
  out.flag(pin.matches);
  if (pin.state != PinState::Placed) return;
  out.text(pin.hit.id);
  out.signed_number(pin.hit.score);
  out.byte(pin.hit.typos);
  out.number(pin.hit.missing);
}

// Reads a result whose texts it keeps.
class MatchesReader {
 public:
  MatchesReader(WireReader& in, const MatchRequest& request) : in_(in), request_(request) {}

  MatchResult read() {
    MatchResult result;
    result.found = in_.number();
    result.total = in_.number();
    for (const Field* field : request_.facets) {
      result.facets.push_back(read_facet(*field));
      result.uncounted.push_back(in_.flag());
    }
    in_.list([&] { result.best.push_back(read_hit()); });
    in_.list([&] { result.pins.push_back(read_pin()); });
    in_.list([&] { result.documents.push_back(in_.number()); });
    result.lsn = in_.number();
    result.texts = {texts_};
    return result;
  }

 private:
  std::string_view keep(std::string_view text) { return texts_->emplace_back(text); }

  FacetCounter read_facet(const Field& field) {
    FacetCounts counts;
    counts.documents = in_.number();
    counts.min = in_.signed_number();
    counts.max = in_.signed_number();
    counts.sum_high = in_.signed_number();
    counts.sum_low = in_.number();
    counts.missing_max = in_.number();
    in_.list([&] {
      const std::string_view value = keep(in_.text());
      counts.values.emplace_back(value, in_.number());
    });
    return {field, counts};
  }

  SortValues read_keys() {
    SortValues keys;
    for (const SortKey& key : request_.sort) {
      SortValues::Value& value = keys.values.emplace_back();
      value.missing = in_.flag();
      if (value.missing) continue;
      if (key.field->is_number()) {
        value.number = in_.signed_number();
      } else {
        value.text = keep(in_.text());
      }
    }
    return keys;
  }

  ShardHit read_hit() {
    ShardHit hit;
    hit.id = keep(in_.text());
    hit.score = in_.signed_number();
    hit.typos = in_.byte();
    hit.missing = static_cast<std::uint32_t>(in_.number_up_to(u32_highest));
    hit.keys = read_keys();
    if (in_.flag()) hit.product = std::make_shared<FetchedProduct>(read_product(in_));
    return hit;
  }

  ShardPin read_pin() {
    const std::size_t wishes = request_.effects ? request_.effects->data().pins.size() : 0;
    ShardPin pin;
    pin.pin = in_.number();
    if (pin.pin >= wishes) in_.refuse();
    pin.state = static_cast<PinState>(in_.byte_up_to(static_cast<std::uint8_t>(PinState::OutOfStock)));
    pin.matches = in_.flag();
    if (pin.state != PinState::Placed) return pin;
    pin.hit.id = keep(in_.text());
    pin.hit.score = in_.signed_number();
    pin.hit.typos = in_.byte();
    pin.hit.missing = static_cast<std::uint32_t>(in_.number_up_to(u32_highest));
    pin.hit.pinned = true;
    return pin;
  }

  WireReader& in_;
  const MatchRequest& request_;
  std::shared_ptr<std::deque<std::string>> texts_ = std::make_shared<std::deque<std::string>>();
};

}  // namespace

void write_product(WireWriter& out, const FetchedProduct& product) {
  out.flag(product.found);
  if (!product.found) return;
  out.text(product.json);
  out.signed_number(product.score);
  out.byte(product.typos);
  out.number(product.missing);
  out.list(product.explain, [&](const ScorePart& part) {
    out.text(part.word);
    out.text(part.term);
    out.text(part.field);
    out.text(part.kind);
    out.text(part.rule);
    out.signed_number(part.points);
  });
}

FetchedProduct read_product(WireReader& in) {
  FetchedProduct product;
  product.found = in.flag();
  if (!product.found) return product;
  product.json = in.text();
  product.score = in.signed_number();
  product.typos = in.byte();
  product.missing = static_cast<std::uint32_t>(in.number_up_to(u32_highest));
  in.list([&] {
    ScorePart& part = product.explain.emplace_back();
    part.word = in.text();
    part.term = in.text();
    part.field = in.text();
    part.kind = in.text();
    part.rule = in.text();
    part.points = in.signed_number();
  });
  return product;
}

void write_matches(WireWriter& out, const MatchRequest& request, const MatchResult& result) {
  out.number(result.found);
  out.number(result.total);
  for (std::size_t i = 0; i < result.facets.size(); ++i) {
    const FacetCounter& counter = result.facets[i];
    const FacetCounts counts =
        counter.counts(selected_values(request.filter, counter.field()), request.facet_values);
    out.number(counts.documents);
    out.signed_number(counts.min);
    out.signed_number(counts.max);
    out.signed_number(counts.sum_high);
    out.number(counts.sum_low);
    out.number(counts.missing_max);
    out.list(counts.values, [&](const auto& value) {
      out.text(value.first);
      out.number(value.second);
    });
    out.flag(result.uncounted[i]);
  }
  out.list(result.best, [&](const ShardHit& hit) { write_hit(out, hit, request); });
  out.list(result.pins, [&](const ShardPin& pin) { write_pin(out, pin); });
  out.list(result.documents, [&](std::uint64_t documents) { out.number(documents); });
  out.number(result.lsn);
}

MatchResult read_matches(WireReader& in, const MatchRequest& request) {
  return MatchesReader(in, request).read();
}

}  // namespace aisle
