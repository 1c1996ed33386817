// One switch: only what can be bought now.

import { element } from "./dom.js";
import { formatCount } from "./format.js";

export class StockFacet {
  #box;
  #count;

  constructor(store) {
    const toggle = () => store.change({ inStock: this.#box.checked, page: 1 });
    this.#box = element("input", { type: "checkbox", class: "switch", onchange: toggle });
    this.#count = element("span", { class: "count" });
    this.node = element("div", { class: "facet single", "data-facet": "in_stock" },
      element("label", { class: "value" }, this.#box, element("span", { class: "value-text" }, "In stock only"), this.#count));
  }

  show(facet, state) {
    const available = facet?.values?.find((entry) => String(entry.value) === "true");
    this.#box.checked = state.inStock;
    this.#count.textContent = available ? formatCount(available.count) : "";
    this.node.hidden = !state.inStock && (facet?.values ?? []).length === 0;
  }
}
