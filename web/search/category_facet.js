// The category tree: the way down to the chosen category, its children, and every step back up.

import { element, icon, isPlainClick } from "./dom.js";
import { facetFrame } from "./facet_frame.js";
import { formatCount } from "./format.js";
import { categorySeparator } from "./state.js";

// The node of each step of `path` ("A > B" -> nodes of "A" and "A > B"); null where the answer has none.
function trail(values, path) {
  const steps = [];
  let level = values;
  const parts = path.split(categorySeparator);
  for (let depth = 1; depth <= parts.length; ++depth) {
    const value = parts.slice(0, depth).join(categorySeparator);
    const node = level.find((entry) => entry.value === value) ?? null;
    steps.push({ value, node });
    level = node?.children ?? [];
  }
  return { steps, children: level };
}

const lastPart = (value) => value.split(categorySeparator).at(-1);

export class CategoryFacet {
  #store;
  #list;

  constructor(store) {
    this.#store = store;
    this.#list = element("ul", { class: "tree" });
    this.node = facetFrame("category", "Category", this.#list);
  }

  show(facet, state) {
    const values = facet?.values ?? [];
    this.node.hidden = values.length === 0 && state.category === "";
    const focused = this.#list.contains(document.activeElement) ? document.activeElement.dataset.value : null;
    const rows = state.category === "" ? values.map((entry) => this.#row(entry, 0)) : this.#path(values, state.category);
    this.#list.replaceChildren(...rows);
    if (focused !== null) this.#focus(focused);
  }

  #path(values, category) {
    const { steps, children } = trail(values, category);
    const rows = [this.#row({ value: "", count: null }, 0, "back")];
    steps.forEach(({ value, node }, depth) => {
      rows.push(this.#row({ value, count: node?.count ?? null }, depth, value === category ? "current" : "back"));
    });
    for (const child of children) rows.push(this.#row(child, steps.length));
    return rows;
  }

  // kind: "back" leads up, "current" is where the shopper is, "" leads down.
  #row({ value, count }, depth, kind = "") {
    const go = (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      this.#store.change({ category: value, page: 1 });
    };
    const link = element("a", { class: `branch ${kind}`, href: this.#store.href({ category: value, page: 1 }), onclick: go,
      "data-value": value, "aria-current": kind === "current" ? "true" : null },
    kind === "back" ? icon(["M14 7l-5 5 5 5"]) : null,
    element("span", { class: "value-text" }, value === "" ? "All departments" : lastPart(value)),
    count === null ? null : element("span", { class: "count" }, formatCount(count)));
    link.style.setProperty("--depth", String(depth));
    return element("li", {}, link);
  }

  #focus(value) {
    const links = [...this.#list.querySelectorAll("a")];
    (links.find((link) => link.dataset.value === value) ?? links[0])?.focus({ preventScroll: true });
  }
}
