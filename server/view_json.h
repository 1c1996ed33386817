// What an answer was taken from, as JSON.
#pragma once
#include <string>

#include "query/view.h"
#include "schemas/op.h"

namespace aisle {

struct AnswerContext {
  double took_ms = 0;
  double lag_ms = 0;
  bool control_plane_stale = false;  // the cluster's state was not heard of lately
};

// An answer but for what is true of one time that it is given: how long that took, and the view.
struct AnswerText {
  std::string head;  // to the value of took_ms
  std::string tail;  // from there to the view
};
std::string answer_json(const AnswerText& text, const View& view, Lsn lsn, double coverage,
                        const AnswerContext& context);

// "1.0", or what was searched of all documents with four digits, never rounded up.
std::string coverage_text(double coverage);

// `"view": {...}, "coverage": 1.0`, members of an object.
void append_view(std::string& out, const View& view, Lsn lsn, double coverage, const AnswerContext& context);

}  // namespace aisle
