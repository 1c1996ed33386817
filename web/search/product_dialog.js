// One product, opened over the page. Which one is part of the address, so it can be shared and "back" closes it.

import { element, icon } from "./dom.js";
import { asList, languageName } from "./format.js";
import { priceLine, ratingLine, stockLine } from "./product_parts.js";
import { tile } from "./tile.js";

const details = [
  ["Category", "category"], ["Colour", "colour"], ["Size", "size"], ["Material", "material"], ["EAN", "ean"],
  ["Model", "model"], ["SKU", "sku"], ["Language", "language"], ["Released", "released"],
];

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
    this.#fill(known ? this.#content(id, known) : [element("p", { class: "product-wait" }, "Loading …")]);
    this.#open();
    try {
      this.#fill(this.#content(id, await this.#load(id, this.#controller.signal)));
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
    const opener = document.contains(this.#opener) ? this.#opener : document.querySelector(`.hit-link[data-id="${CSS.escape(id)}"]`);
    opener?.focus({ preventScroll: true });
  }

  #fill(content) {
    const wasOpen = this.#dialog.querySelector(".product-json")?.open ?? false;
    const close = element("button", { class: "icon-button product-close", type: "button", "aria-label": "Close", onclick: () => this.#dialog.close() },
      icon(["M6 6l12 12M18 6L6 18"]));
    const focused = this.#dialog.contains(document.activeElement);
    this.#dialog.replaceChildren(close, ...content);
    const json = this.#dialog.querySelector(".product-json");
    if (json !== null) json.open = wasOpen;
    if (focused) close.focus();
  }

  #content(id, product) {
    const rows = details.map(([label, field]) => [label, asList(product[field]).map(String)]).filter(([, values]) => values.length > 0)
      .map(([label, values]) => [label, label === "Language" ? values.map(languageName) : values])
      .map(([label, values]) => [label, values.join(", ").replaceAll(" > ", " › ")]);
    rows.push(["Product id", id]);
    const table = element("dl", { class: "product-table" },
      ...rows.map(([label, text]) => element("div", {}, element("dt", {}, label), element("dd", {}, text))));
    return [
      element("div", { class: "product-head" }, tile(id, product),
        element("div", { class: "product-main" }, element("p", { class: "hit-brand" }, product.brand ?? ""),
          element("h2", { id: "product-title", lang: product.language }, product.title ?? id), ratingLine(product), priceLine(product), stockLine(product))),
      product.description ? element("p", { class: "product-description", lang: product.language }, product.description) : "",
      table,
      element("details", { class: "product-json" }, element("summary", {}, "Stored JSON"), element("pre", { tabindex: 0 }, JSON.stringify(product, null, 2))),
    ];
  }
}
