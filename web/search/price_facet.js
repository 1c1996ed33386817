// Lowest and highest price: two fields, and a slider with two thumbs on a logarithmic scale, since a shop has many
// cheap things and few dear ones.

import { element } from "./dom.js";
import { facetFrame } from "./facet_frame.js";
import { formatPrice } from "./format.js";

const steps = 200;
const lowestPrice = 0.01; // where the logarithm begins

// Two significant digits: 1.37 -> 1.4, 347 -> 350.
function rounded(price) {
  const unit = 10 ** (Math.floor(Math.log10(Math.max(price, lowestPrice))) - 1);
  return Number((Math.round(price / unit) * unit).toFixed(2));
}

export function priceAt(step, { min, max }) {
  const low = Math.max(min, lowestPrice);
  return rounded(low * (Math.max(max, low) / low) ** (step / steps));
}

export function stepOf(price, { min, max }) {
  const low = Math.max(min, lowestPrice);
  if (max <= low) return 0;
  const step = (Math.log(Math.max(price, low) / low) / Math.log(max / low)) * steps;
  return Math.min(Math.max(Math.round(step), 0), steps);
}

const typed = (input) => (input.value.trim() === "" || !(Number(input.value) >= 0) ? null : Number(input.value));

export class PriceFacet {
  #store;
  #bounds = null;
  #filled = new Map(); // field -> the state's value it last took
  #low;
  #high;
  #lowThumb;
  #highThumb;
  #slider;

  constructor(store) {
    this.#store = store;
    const field = (label) => element("input", { type: "number", min: 0, step: "any", inputmode: "decimal", "aria-label": label,
      onchange: () => this.#commitFields() });
    const thumb = (label) => element("input", { type: "range", min: 0, max: steps, step: 1, "aria-label": label,
      oninput: () => this.#slide(), onchange: () => this.#commitThumbs() });
    const euro = (input) => element("label", {}, element("span", {}, "€"), input);
    this.#low = field("Lowest price");
    this.#high = field("Highest price");
    this.#lowThumb = thumb("Lowest price, slider");
    this.#highThumb = thumb("Highest price, slider");
    this.#slider = element("div", { class: "slider" }, element("div", { class: "slider-fill" }), this.#lowThumb, this.#highThumb);
    const dash = element("span", { class: "range-dash", "aria-hidden": "true" }, "–");
    this.node = facetFrame("price", "Price", this.#slider,
      element("div", { class: "range-fields" }, euro(this.#low), dash, euro(this.#high)));
  }

  show(facet, state) {
    const known = typeof facet?.min === "number" && typeof facet?.max === "number" && facet.count !== 0;
    if (known) this.#bounds = { min: facet.min, max: facet.max };
    const filtered = state.priceMin !== null || state.priceMax !== null;
    this.node.hidden = !filtered && (!known || facet.min === facet.max);
    this.#slider.hidden = this.#bounds === null || this.#bounds.min === this.#bounds.max;
    this.#fill(this.#low, state.priceMin, this.#bounds?.min);
    this.#fill(this.#high, state.priceMax, this.#bounds?.max);
    if (this.#bounds !== null) {
      this.#lowThumb.value = state.priceMin === null ? 0 : stepOf(state.priceMin, this.#bounds);
      this.#highThumb.value = state.priceMax === null ? steps : stepOf(state.priceMax, this.#bounds);
      this.#draw();
    }
  }

  // A field being typed in is left alone until the state itself moves.
  #fill(input, value, bound) {
    input.placeholder = bound === undefined ? "" : bound.toFixed(2);
    const moved = this.#filled.get(input) !== value;
    this.#filled.set(input, value);
    if (moved || input !== document.activeElement) input.value = value === null ? "" : String(value);
  }

  #draw() {
    const [low, high] = this.#thumbs();
    this.#slider.style.setProperty("--low", `${(low / steps) * 100}%`);
    this.#slider.style.setProperty("--high", `${(high / steps) * 100}%`);
    this.#lowThumb.setAttribute("aria-valuetext", formatPrice(priceAt(low, this.#bounds)));
    this.#highThumb.setAttribute("aria-valuetext", formatPrice(priceAt(high, this.#bounds)));
    this.#lowThumb.classList.toggle("above", low > steps / 2); // both at one end: the one that can move is on top
  }

  // Both thumbs may be dragged past each other; the lower one is the lowest price.
  #thumbs() {
    return [Number(this.#lowThumb.value), Number(this.#highThumb.value)].sort((a, b) => a - b);
  }

  #slide() {
    const [low, high] = this.#thumbs();
    this.#low.value = low === 0 ? "" : String(priceAt(low, this.#bounds));
    this.#high.value = high === steps ? "" : String(priceAt(high, this.#bounds));
    this.#draw();
  }

  #commitThumbs() {
    this.#slide();
    this.#commitFields();
  }

  #commitFields() {
    const [low, high] = [typed(this.#low), typed(this.#high)];
    const swapped = low !== null && high !== null && low > high;
    this.#store.change({ priceMin: swapped ? high : low, priceMax: swapped ? low : high, page: 1 });
  }
}
