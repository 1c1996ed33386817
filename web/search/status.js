// The lines around the hits: total, figures, what was corrected or left out, empty and failed.

import { button, element, icon, isPlainClick } from "./dom.js";
import { formatCount, formatMilliseconds, plural } from "./format.js";
import { filterCount, noFilters, pageMax, pageSize } from "./state.js";

export function totalText(answer) {
  return `${answer.exact === false ? "about " : ""}${plural(answer.total, "product", "products")}`;
}

export function heading(answer, state) {
  const q = state.q.trim();
  return q === "" ? totalText(answer) : `${totalText(answer)} for “${q}”`;
}

function figures(answer, roundTripMs) {
  const view = answer.view ?? {};
  const time = (value) => element("b", {}, formatMilliseconds(value));
  const parts = [
    element("span", { title: "Time the engine took" }, time(answer.took_ms ?? 0), " search"),
    element("span", { title: "From asking to the answer, as this page saw it" }, time(roundTripMs), " round trip"),
  ];
  if (typeof view.lag_ms === "number") {
    const place = view.as_of_lsn ? `Write-ahead log position ${view.as_of_lsn}` : "Age of the catalogue searched";
    parts.push(element("span", { title: `${place}, generation ${view.generation}, ranking ${view.ranking}` },
      "as of ", time(view.lag_ms), " ago"));
  }
  return parts;
}

// “kettle”, “red”; "" when no word was left out.
function droppedWords(answer) {
  return (answer.relaxed?.dropped ?? []).map((word) => `“${word}”`).join(", ");
}

// What to say of a query that is a code nobody has.
function codeText(code) {
  if (code?.status === "wrong_check_digit") return `${code.value} is no ${code.type}: its check digit is wrong.`;
  if (code?.status === "unknown") return `No product has the ${code.type} ${code.value}.`;
  return "";
}

function noticeText(answer, state) {
  const notices = [];
  const dropped = droppedWords(answer);
  if (answer.total > 0 && dropped !== "") notices.push(`Few products match every word, so these match without ${dropped}.`);
  if (answer.total > 0 && answer.typos > 0) notices.push("Spelling was corrected to find these.");
  if (typeof answer.coverage === "number" && answer.coverage < 1) {
    notices.push(`Part of the catalogue did not answer: ${Math.round(answer.coverage * 100)} % was searched.`);
  }
  if (state.page === pageMax && answer.total > pageMax * pageSize) {
    notices.push(`These are the last of the first ${formatCount(pageMax * pageSize)} products. Narrow the search to see others.`);
  }
  return notices.join(" ");
}

const emptyPicture = ["M10 10h9M10 18h6M10 26h8", "M33 13a9 9 0 1 0 0 18a9 9 0 1 0 0-18z", "M39.500 28.500l6 6", "M30 19l6 6M36 19l-6 6"];
const failedPicture = ["M24 8l18 31H6z", "M24 20v9M24 33.500v.5"];

function failureTitle({ status }) {
  if (status === 0) return "The search service does not answer";
  return status < 500 ? "The search was refused" : "The search failed";
}

function failureDetail({ status, code, requestId }) {
  return [status > 0 ? `status ${status}` : "", code, requestId ? `request ${requestId}` : ""].filter(Boolean).join(" · ");
}

export class StatusView {
  #parts;
  #store;
  #retry;

  // `parts`: total, figures, notice, message, live, progress. `retry()` asks the same again.
  constructor(parts, store, retry) {
    this.#parts = parts;
    this.#store = store;
    this.#retry = retry;
  }

  slow(isSlow) {
    this.#parts.progress.classList.toggle("on", isSlow);
  }

  show(answer, state, roundTripMs) {
    const { total, figures: line, notice, message, live } = this.#parts;
    total.textContent = heading(answer, state);
    line.replaceChildren(...figures(answer, roundTripMs));
    notice.replaceChildren(...(answer.total > 0 ? this.#meant(answer) : []), noticeText(answer, state));
    notice.hidden = notice.textContent === "";
    message.hidden = answer.total > 0;
    message.classList.remove("failed");
    message.replaceChildren(...(answer.total > 0 ? [] : this.#empty(answer, state)));
    live.textContent = answer.total > 0 ? heading(answer, state) : `No products for “${state.q.trim()}”`;
  }

  fail(error, state) {
    const { total, figures: line, notice, message, live } = this.#parts;
    const title = failureTitle(error);
    total.textContent = title;
    line.replaceChildren();
    notice.hidden = true;
    message.hidden = false;
    message.classList.add("failed");
    const detail = failureDetail(error);
    message.replaceChildren(icon(failedPicture, 48), element("h2", {}, title), element("p", { class: "message-text" }, error.message),
      detail === "" ? "" : element("p", { class: "message-detail" }, detail),
      element("div", { class: "message-tools" }, this.#clearButton(state) ?? "",
        button("Try again", filterCount(state) > 0 ? "" : "primary", this.#retry, { id: "retry" })));
    live.textContent = `${title}: ${error.message}`;
  }

  #link(q) {
    return element("a", { href: this.#store.href({ q, page: 1 }), class: "meant", onclick: (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      this.#store.change({ q, page: 1 });
    } }, q);
  }

  // “Did you mean ...?” with another query, and how many products that finds; or with other codes.
  #meant(answer) {
    const other = answer.did_you_mean;
    if (other) return ["Did you mean ", this.#link(other.q), ` (${plural(other.total, "product", "products")})? `];
    const codes = answer.code?.did_you_mean ?? [];
    return codes.length === 0 ? [] : ["Did you mean ", ...codes.flatMap((code, at) => [at === 0 ? "" : " or ", this.#link(code)]), "?"];
  }

  #empty(answer, state) {
    const q = state.q.trim();
    const tips = [];
    const dropped = droppedWords(answer);
    if (dropped !== "") tips.push(`Also tried without ${dropped}.`);
    if (filterCount(state) > 0) tips.push("Fewer filters may help.");
    const code = codeText(answer.code);
    if (code !== "") tips.push(code);
    const meant = this.#meant(answer);
    if (meant.length > 0) tips.push(meant);
    if (q !== "" && code === "") tips.push("Try fewer or more general words; small typos are forgiven, model and EAN codes are not.");
    const clearWords = q === "" ? null : button("Clear the words", "", () => this.#store.change({ q: "", page: 1 }));
    return [icon(emptyPicture, 48), element("h2", {}, q === "" ? "No products here" : `Nothing found for “${q}”`),
      ...tips.map((tip) => element("p", { class: "message-text" }, tip)),
      element("div", { class: "message-tools" }, this.#clearButton(state) ?? "", clearWords ?? "")];
  }

  #clearButton(state) {
    if (filterCount(state) === 0) return null;
    return button("Remove all filters", "primary", () => this.#store.change(noFilters));
  }
}
