// One product, opened over the page. Which one is part of the address, so it can be shared and "back" closes it.

import { element, icon } from "./dom.js";
import { asList, capitalised, languageName } from "./format.js";
import { priceLine, ratingLine, stockLine } from "./product_parts.js";
import { categorySeparator } from "./state.js";
import { tile } from "./tile.js";

const arrows = (path) => path.replaceAll(categorySeparator, " › ");

// What the table shows: label, field, and how a value is written if not as it is.
const details = [
  ["Category", "category", arrows], ["Colour", "colour", capitalised], ["Size", "size"], ["Material", "material", capitalised],
  ["EAN", "ean"], ["Model", "model"], ["SKU", "sku"], ["Language", "language", languageName], ["Released", "released"],
];

function table(id, product) {
  const row = (label, text) => element("div", {}, element("dt", {}, label), element("dd", {}, text));
  const rows = [];
  for (const [label, field, write = String] of details) {
    const values = asList(product[field]);
    if (values.length > 0) rows.push(row(label, values.map(write).join(", ")));
  }
  return element("dl", { class: "product-table" }, ...rows, row("Product id", id));
}

function content(id, product) {
  const main = element("div", { class: "product-main" }, element("p", { class: "hit-brand" }, product.brand ?? ""),
    element("h2", { id: "product-title", lang: product.language }, product.title ?? id),
    ratingLine(product), priceLine(product), stockLine(product));
  const description = product.description
    ? element("p", { class: "product-description", lang: product.language }, product.description) : "";
  const json = element("details", { class: "product-json" }, element("summary", {}, "Stored JSON"),
    element("pre", { tabindex: 0 }, JSON.stringify(product, null, 2)));
  return [element("div", { class: "product-head" }, tile(id, product), main), description, table(id, product), json];
}

export class ProductDialog {
  #dialog;
  #store;
  #load;
  #shown = "";
  #opener = null;
  #controller = null;

  // `load(id, signal)` gives a promise of the stored product.
  constructor(dialog, store, load) {
    this.#dialog = dialog;
    this.#store = store;
    this.#load = load;
    dialog.addEventListener("close", () => this.#closed());
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  }

  // Opens, changes or closes to follow `state`. `known` is the product as the hits have it, if they do.
  async show(state, known) {
    if (state.product === this.#shown) return;
    this.#shown = state.product;
    this.#controller?.abort();
    if (state.product === "") {
      if (this.#dialog.open) this.#dialog.close();
      return;
    }
    this.#controller = new AbortController();
    const id = state.product;
    this.#fill(known ? content(id, known) : [element("p", { class: "product-wait" }, "Loading …")]);
    this.#open();
    try {
      this.#fill(content(id, await this.#load(id, this.#controller.signal)));
    } catch (error) {
      if (error.name === "AbortError") return;
      if (!known) this.#fill([element("p", { class: "product-wait", role: "alert" }, `This product cannot be shown: ${error.message}`)]);
    }
  }

  #open() {
    if (this.#dialog.open) return;
    this.#opener = document.activeElement;
    this.#dialog.showModal();
  }

  #closed() {
    this.#controller?.abort();
    const id = this.#shown;
    this.#shown = "";
    if (this.#store.current.product !== "") this.#store.leave({ product: "" });
    const canReturn = this.#opener !== document.body && document.contains(this.#opener);
    const opener = canReturn ? this.#opener : document.querySelector(`.hit-link[data-id="${CSS.escape(id)}"]`);
    opener?.focus({ preventScroll: true });
  }

  #fill(parts) {
    const wasOpen = this.#dialog.querySelector(".product-json")?.open ?? false;
    const close = element("button",
      { class: "icon-button product-close", type: "button", "aria-label": "Close", onclick: () => this.#dialog.close() },
      icon(["M6 6l12 12M18 6L6 18"]));
    const focused = this.#dialog.contains(document.activeElement);
    this.#dialog.replaceChildren(close, ...parts);
    const json = this.#dialog.querySelector(".product-json");
    if (json !== null) json.open = wasOpen;
    if (focused) close.focus();
  }
}
