// The search box: search as you type, "/" from anywhere, Escape to clear.

const typable = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select";

export class SearchBox {
  #input;
  #clear;
  #store;

  // `moveDown()` takes the focus into the hits.
  constructor(form, store, moveDown) {
    this.#input = form.querySelector("#box");
    this.#clear = form.querySelector("#clear");
    this.#store = store;
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("blur", () => store.endTyping());
    this.#input.addEventListener("keydown", (event) => this.#key(event, moveDown));
    this.#clear.addEventListener("click", () => this.#empty());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      store.endTyping();
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
  }

  #empty() {
    this.#input.value = "";
    this.#store.change({ q: "", page: 1 });
    this.#input.focus();
  }

  #key(event, moveDown) {
    if (event.isComposing) return;
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
