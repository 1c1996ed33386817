// The search box: search as you type, suggestions below, "/" from anywhere, Escape to clear.

import { SuggestList } from "./suggest_list.js";

const typable = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select";

export class SearchBox {
  #input;
  #clear;
  #store;
  #suggestions;

  // `suggest(text, signal)` gives a promise of suggestions; `moveDown()` takes the focus into the hits.
  constructor(form, store, suggest, moveDown) {
    this.#input = form.querySelector("#box");
    this.#clear = form.querySelector("#clear");
    this.#store = store;
    this.#suggestions = new SuggestList(this.#input, form.querySelector("#suggestions"), suggest, (option) => this.#take(option));
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("blur", () => {
      store.endTyping();
      this.#suggestions.close();
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event, moveDown));
    this.#clear.addEventListener("click", () => this.#empty());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      store.endTyping();
      this.#suggestions.close();
    });
    document.addEventListener("keydown", (event) => this.#shortcut(event));
  }

  // The box follows the state, except while it is the source of the change.
  show(state) {
    if (this.#input.value.trim() !== state.q.trim()) this.#input.value = state.q;
    this.#clear.hidden = this.#input.value === "";
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  #typed() {
    this.#store.change({ q: this.#input.value, page: 1 }, { typing: true });
    this.#suggestions.typed();
  }

  #take({ q, scope }) {
    this.#input.value = q;
    this.#store.change({ q, page: 1, ...(scope?.field === "category" ? { category: scope.value } : {}) });
  }

  #empty() {
    this.#input.value = "";
    this.#suggestions.close();
    this.#store.change({ q: "", page: 1 });
    this.#input.focus();
  }

  #key(event, moveDown) {
    if (event.isComposing || this.#suggestions.key(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      if (this.#input.value === "") this.#input.blur();
      else this.#empty();
    } else if (event.key === "ArrowDown" && moveDown()) {
      event.preventDefault();
    }
  }

  #shortcut(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(typable) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.focus();
  }
}
