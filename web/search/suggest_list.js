// The list below the search box: what the shopper may be typing, by arrow keys or pointer. The focus stays in the box
// (ARIA combobox with a listbox).

import { element } from "./dom.js";
import { formatCount } from "./format.js";
import { SearchLoop } from "./search_loop.js";

const typingDelayMs = 60;

// The part that is not typed yet stands out.
function label(text, typed) {
  const begin = typed.trimStart().toLowerCase();
  if (begin === "" || !text.toLowerCase().startsWith(begin)) return [element("b", {}, text)];
  return [text.slice(0, begin.length), element("b", {}, text.slice(begin.length))];
}

// [{q, scope, count, label}] of an answer; what is typed already is no help.
export function options(answer, typed) {
  const all = [];
  for (const { q, count, scopes } of answer.suggestions) {
    if (q !== typed.trim().toLowerCase()) all.push({ q, scope: null, count, label: label(q, typed) });
    if (q !== answer.suggestions[0].q) continue;
    for (const scope of scopes) {
      const last = scope.value.split(" > ").at(-1);
      all.push({ q, scope, count: scope.count, label: [q, element("span", { class: "suggestion-scope" }, ` in ${last}`)] });
    }
  }
  return all;
}

export class SuggestList {
  #input;
  #list;
  #choose;
  #loop;
  #options = [];
  #active = -1;

  // `suggest(text, signal)` gives a promise of the server's answer; `choose({q, scope})` takes one.
  constructor(input, list, suggest, choose) {
    this.#input = input;
    this.#list = list;
    this.#choose = choose;
    this.#loop = new SearchLoop(suggest, {
      answered: (answer, typed) => this.#show(options(answer, typed), typed),
      failed: () => this.close(),
      slow: () => {},
    });
    // before the box loses the focus
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#take(Number(option.dataset.at));
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  typed() {
    if (this.#input.value.trim() === "" || document.activeElement !== this.#input) this.close();
    else this.#loop.ask(this.#input.value, typingDelayMs);
  }

  close() {
    this.#options = [];
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#input.setAttribute("aria-expanded", "false");
    this.#point(-1);
  }

  // Whether the key was meant for the list.
  key(event) {
    if (!this.isOpen) return false;
    const count = this.#options.length;
    if (event.key === "ArrowDown") this.#point(this.#active + 1 === count ? -1 : this.#active + 1);
    else if (event.key === "ArrowUp") this.#point(this.#active === -1 ? count - 1 : this.#active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && this.#active >= 0) this.#take(this.#active);
    else return false;
    event.preventDefault();
    return true;
  }

  #show(found, typed) {
    if (this.#input.value !== typed) return; // a newer answer is on its way
    if (found.length === 0 || document.activeElement !== this.#input) {
      this.close();
      return;
    }
    this.#options = found;
    this.#list.replaceChildren(...found.map((option, at) =>
      element("li", { id: `suggestion-${at}`, class: "suggestion", role: "option", "aria-selected": "false", "data-at": at },
        element("span", { class: "suggestion-text" }, option.label),
        element("span", { class: "suggestion-count" }, formatCount(option.count)))));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#point(-1);
  }

  #point(at) {
    this.#active = at;
    [...this.#list.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === at)));
    if (at < 0) this.#input.removeAttribute("aria-activedescendant");
    else this.#input.setAttribute("aria-activedescendant", `suggestion-${at}`);
    this.#list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  #take(at) {
    const option = this.#options[at];
    this.close();
    this.#choose(option);
  }
}
