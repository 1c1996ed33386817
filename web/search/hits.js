// The list of products, and moving through it with the arrow keys.

import { swatch } from "./colour_swatch.js";
import { element, isPlainClick } from "./dom.js";
import { asList } from "./format.js";
import { fieldText } from "./highlight.js";
import { priceLine, ratingLine, stockLine } from "./product_parts.js";
import { pageSize } from "./state.js";
import { tile } from "./tile.js";

const colourDotsMax = 5;
const arrowKeys = ["ArrowDown", "ArrowUp", "ArrowRight", "ArrowLeft"];

// The product's picture, with a dot for each colour if it comes in several.
function picture(hit) {
  const node = tile(hit.id, hit.product);
  const dots = asList(hit.product.colour).map(swatch).filter((dot) => dot !== null).slice(0, colourDotsMax);
  if (dots.length > 1) node.append(element("span", { class: "hit-colours" }, ...dots));
  return node;
}

// The hit one row down or up, in the same column where there is one; null beyond the first row.
function rowNeighbour(links, at, step) {
  const here = links[at].getBoundingClientRect();
  let best = null;
  for (const link of links) {
    const there = link.getBoundingClientRect();
    if (step > 0 ? there.top <= here.top + 1 : there.top >= here.top - 1) continue;
    const distance = Math.abs(there.top - here.top) * 10 + Math.abs(there.left - here.left);
    if (best === null || distance < best.distance) best = { distance, link };
  }
  return best?.link ?? (step > 0 ? links[at] : null);
}

export class HitsView {
  #list;
  #store;
  #leaveUp;

  // `leaveUp()` is called when the shopper moves up out of the first row, or leaves the list with Escape.
  constructor(list, store, leaveUp) {
    this.#list = list;
    this.#store = store;
    this.#leaveUp = leaveUp;
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  show(answer) {
    this.#list.replaceChildren(...answer.hits.map((hit) => this.#card(hit)));
  }

  // Grey tiles in the place of products, until the first answer.
  showSkeleton() {
    const blank = () => element("li", { class: "hit skeleton", "aria-hidden": "true" },
      element("div", { class: "tile" }), element("div", { class: "hit-body" }, element("i"), element("i"), element("i")));
    this.#list.replaceChildren(...Array.from({ length: pageSize / 2 }, blank));
  }

  clear() {
    this.#list.replaceChildren();
  }

  // False when there is nothing to focus.
  focusFirst() {
    const first = this.#list.querySelector(".hit-link");
    first?.focus();
    return first !== null;
  }

  #card(hit) {
    const { product } = hit;
    const open = (event) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      this.#store.change({ product: hit.id });
    };
    const category = String(asList(product.category)[0] ?? "");
    return element("li", { class: "hit" },
      element("a", { class: "hit-link", href: this.#store.href({ product: hit.id }), "data-id": hit.id, onclick: open },
        picture(hit),
        element("div", { class: "hit-body" },
          element("p", { class: "hit-brand" }, fieldText(hit, "brand")),
          element("h3", { class: "hit-title", title: product.title, lang: product.language }, fieldText(hit, "title")),
          element("p", { class: "hit-category" }, category.split(" > ").slice(1).join(" › ")),
          ratingLine(product),
          element("div", { class: "hit-foot" }, priceLine(product), stockLine(product)))));
  }

  #move(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.#leaveUp();
      return;
    }
    if (!arrowKeys.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    const links = [...this.#list.querySelectorAll(".hit-link")];
    const at = links.indexOf(document.activeElement);
    if (at < 0) return;
    event.preventDefault();
    const next = {
      ArrowRight: () => links[at + 1] ?? links[at],
      ArrowLeft: () => links[at - 1] ?? links[at],
      ArrowDown: () => rowNeighbour(links, at, 1),
      ArrowUp: () => rowNeighbour(links, at, -1),
    }[event.key]();
    if (next === null) this.#leaveUp();
    else next.focus();
  }
}
