// Links to the pages around this one.

import { element, isPlainClick } from "./dom.js";
import { pageMax, pageSize } from "./state.js";

// Page numbers to show, null for a gap: 1 … 4 [5] 6 … 12
export function pageNumbers(page, last) {
  const wanted = new Set([1, page - 1, page, page + 1, last]);
  if (page <= 3) for (const near of [2, 3, 4]) wanted.add(near);
  if (page >= last - 2) for (const near of [last - 3, last - 2, last - 1]) wanted.add(near);
  const numbers = [...wanted].filter((number) => number >= 1 && number <= last).sort((a, b) => a - b);
  const spread = [];
  for (const number of numbers) {
    const before = spread.at(-1);
    if (before && number - before === 2) spread.push(number - 1);
    else if (before && number - before > 2) spread.push(null);
    spread.push(number);
  }
  return spread;
}

export const lastPage = (total) => Math.min(Math.ceil(total / pageSize), pageMax);

export function showPaging(parent, page, total, store) {
  const last = lastPage(total);
  parent.hidden = last <= 1;
  if (last <= 1) {
    parent.replaceChildren();
    return;
  }
  const link = (number, text, attributes) => {
    if (number < 1 || number > last) return element("span", { class: "page-link", "aria-disabled": "true" }, text);
    const go = (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      store.change({ page: number });
    };
    return element("a", { class: "page-link", href: store.href({ page: number }), onclick: go, ...attributes }, text);
  };
  const numbers = pageNumbers(page, last).map((number) => (number === null
    ? element("span", { class: "page-gap", "aria-hidden": "true" }, "…")
    : link(number, String(number), { "aria-label": `Page ${number}`, "aria-current": number === page ? "page" : null })));
  parent.replaceChildren(link(page - 1, "‹", { "aria-label": "Previous page", rel: "prev" }), ...numbers,
    link(page + 1, "›", { "aria-label": "Next page", rel: "next" }));
}
