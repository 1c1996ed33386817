// A facet of values with counts, of which any number may be chosen.

import { element, place } from "./dom.js";
import { facetFrame } from "./facet_frame.js";
import { formatCount } from "./format.js";
import { toggled } from "./state.js";

const shownFolded = 8; // values before "show more"; chosen ones are always shown

export class ValueFacet {
  #field;
  #store;
  #options;
  #rows = new Map();
  #list;
  #more;
  #rest;
  #unfolded = false;
  #values = [];
  #state = null;

  // options: label(value) -> text, mark(value) -> node or null before the text, order(a, b) instead of the server's
  // order, pills: shown as a row of buttons.
  constructor(field, title, store, options = {}) {
    this.#field = field;
    this.#store = store;
    this.#options = options;
    this.#list = element("ul", { class: options.pills ? "values pills" : "values" });
    this.#more = element("button", { class: "more", type: "button", "aria-expanded": "false", onclick: () => this.#fold() });
    this.#rest = element("p", { class: "facet-note" });
    this.node = facetFrame(field, title, this.#list, this.#more, this.#rest);
  }

  show(facet, state) {
    const chosen = state[this.#field];
    const values = [...(facet?.values ?? [])];
    for (const value of chosen) {
      if (!values.some((other) => other.value === value)) values.push({ value, count: 0 });
    }
    if (this.#options.order) values.sort((a, b) => this.#options.order(a.value, b.value));
    this.#values = values;
    this.#state = state;
    this.node.hidden = values.length === 0;
    this.#rest.hidden = !facet?.truncated;
    this.#rest.textContent = facet?.truncated ? `The ${values.length} most frequent values` : "";
    this.#place();
  }

  #place() {
    const chosen = this.#state[this.#field];
    const visible = this.#values.filter((entry, at) => this.#unfolded || at < shownFolded || chosen.includes(entry.value));
    const hidden = this.#values.length - visible.length;
    const known = new Set(this.#values.map((entry) => entry.value));
    for (const value of this.#rows.keys()) if (!known.has(value)) this.#rows.delete(value);
    place(this.#list, visible.map((entry) => this.#row(entry, chosen.includes(entry.value))));
    this.#list.classList.toggle("long", this.#unfolded);
    this.#more.hidden = this.#values.length <= shownFolded || (hidden === 0 && !this.#unfolded);
    this.#more.textContent = this.#unfolded ? "Show fewer" : `Show ${hidden} more`;
    this.#more.setAttribute("aria-expanded", String(this.#unfolded));
  }

  #row({ value, count }, isChosen) {
    if (!this.#rows.has(value)) this.#rows.set(value, this.#makeRow(value));
    const row = this.#rows.get(value);
    row.box.checked = isChosen;
    row.count.textContent = formatCount(count);
    row.node.classList.toggle("none", count === 0 && !isChosen);
    return row.node;
  }

  #makeRow(value) {
    const toggle = () => this.#store.change({ [this.#field]: toggled(this.#store.current[this.#field], value), page: 1 });
    const box = element("input", { type: "checkbox", onchange: toggle, "data-value": value });
    const count = element("span", { class: "count" });
    const text = element("span", { class: "value-text" }, this.#options.label?.(value) ?? value);
    const node = element("li", {}, element("label", { class: "value" }, box, this.#options.mark?.(value), text, count));
    return { node, box, count };
  }

  #fold() {
    this.#unfolded = !this.#unfolded;
    this.#place();
  }
}
