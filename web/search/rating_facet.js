// At least so many stars: one choice.

import { element } from "./dom.js";
import { facetFrame } from "./facet_frame.js";
import { stars } from "./product_parts.js";

const choices = [4, 3, 2];

export class RatingFacet {
  #radios = new Map();

  constructor(store) {
    const rows = [null, ...choices].map((rating) => {
      const choose = () => store.change({ rating, page: 1 });
      const radio = element("input", { type: "radio", name: "rating", value: rating ?? "", onchange: choose });
      this.#radios.set(rating, radio);
      const text = rating === null ? ["Any rating"] : [stars(rating), " & up"];
      return element("li", {}, element("label", { class: "value" }, radio, element("span", { class: "value-text" }, ...text)));
    });
    this.node = facetFrame("rating", "Rating", element("ul", { class: "values" }, ...rows));
  }

  show(facet, state) {
    const max = facet?.max ?? 0;
    this.node.hidden = state.rating === null && !(facet?.count > 0);
    for (const [rating, radio] of this.#radios) {
      radio.checked = rating === state.rating;
      radio.disabled = rating !== null && rating > max && rating !== state.rating;
    }
    if (state.rating !== null && !this.#radios.has(state.rating)) for (const radio of this.#radios.values()) radio.checked = false;
  }
}
