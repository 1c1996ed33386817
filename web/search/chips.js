// The filters in force, each removable, and "clear all".

import { element } from "./dom.js";
import { formatBound, languageName } from "./format.js";
import { categorySeparator, listFields, noFilters, toggled } from "./state.js";

const fieldNames = { brand: "Brand", colour: "Colour", size: "Size", language: "Language" };

function priceText({ priceMin, priceMax }) {
  if (priceMin === null) return `up to ${formatBound(priceMax)}`;
  if (priceMax === null) return `from ${formatBound(priceMin)}`;
  return `${formatBound(priceMin)} – ${formatBound(priceMax)}`;
}

// [{label, patch}]: what each chip says, and the change its removal makes.
export function activeFilters(state) {
  const chips = [];
  if (state.category !== "") {
    chips.push({ label: `Category: ${state.category.split(categorySeparator).at(-1)}`, patch: { category: "" } });
  }
  for (const field of listFields) {
    for (const value of state[field]) {
      const text = field === "language" ? languageName(value) : value;
      chips.push({ label: `${fieldNames[field]}: ${text}`, patch: { [field]: toggled(state[field], value) } });
    }
  }
  if (state.priceMin !== null || state.priceMax !== null) {
    chips.push({ label: `Price: ${priceText(state)}`, patch: { priceMin: null, priceMax: null } });
  }
  if (state.rating !== null) chips.push({ label: `${state.rating} stars and up`, patch: { rating: null } });
  if (state.inStock) chips.push({ label: "In stock", patch: { inStock: false } });
  if (state.filter !== "") chips.push({ label: `Filter: ${state.filter}`, patch: { filter: "" } });
  return chips;
}

export function showChips(parent, state, store) {
  const filters = activeFilters(state);
  parent.hidden = filters.length === 0;
  const focused = [...parent.children].indexOf(document.activeElement);
  const remove = (patch) => () => store.change({ ...patch, page: 1 });
  parent.replaceChildren(
    ...filters.map(({ label, patch }) => element("button",
      { class: "chip", type: "button", "aria-label": `Remove filter ${label}`, onclick: remove(patch) },
      element("span", {}, label), element("span", { class: "chip-x", "aria-hidden": "true" }, "×"))),
    element("button", { class: "chip clear", type: "button", onclick: remove(noFilters) }, "Clear all"));
  if (focused >= 0 && !parent.hidden) parent.children[Math.min(focused, parent.children.length - 1)].focus();
}
