// On narrow screens the filters are a drawer over the page; elsewhere this does nothing visible.

import { filterCount } from "./state.js";

export class Drawer {
  #panel;
  #backdrop;
  #button;
  #behind;

  // `parts`: panel, backdrop, open, close and done (buttons), badge, and behind: what cannot be used meanwhile.
  constructor(parts) {
    this.#panel = parts.panel;
    this.#backdrop = parts.backdrop;
    this.#button = parts.open;
    this.#behind = parts.behind;
    this.badge = parts.badge;
    this.done = parts.done;
    parts.open.addEventListener("click", () => this.#set(true));
    for (const node of [parts.close, parts.done, parts.backdrop]) node.addEventListener("click", () => this.#set(false));
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen) this.#set(false);
    });
    window.matchMedia("(min-width: 900px)").addEventListener("change", () => this.#set(false));
  }

  get isOpen() {
    return this.#panel.classList.contains("open");
  }

  show(state) {
    const count = filterCount(state);
    this.badge.hidden = count === 0;
    this.badge.textContent = String(count);
  }

  showTotal(text) {
    this.done.textContent = `Show ${text}`;
  }

  #set(open) {
    if (open === this.isOpen) return;
    this.#panel.classList.toggle("open", open);
    this.#backdrop.hidden = !open;
    this.#panel.setAttribute("role", open ? "dialog" : "complementary");
    this.#button.setAttribute("aria-expanded", String(open));
    document.body.classList.toggle("drawer-open", open);
    for (const node of this.#behind) node.inert = open;
    if (open) this.#panel.querySelector("button").focus();
    else this.#button.focus();
  }
}
