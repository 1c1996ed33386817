// The current state, kept in the address: back, forward, reload and a shared link all restore it.

import { formatState, parseState } from "./state.js";

const typingPauseMs = 1500; // a word typed after a longer pause becomes a history entry of its own

export class UrlState {
  #listeners = [];
  #typedAt = -Infinity;

  constructor() {
    this.current = parseState(location.search);
    window.addEventListener("popstate", () => {
      this.#typedAt = -Infinity;
      this.#set(parseState(location.search));
    });
  }

  // Called with (state, previous) after each change.
  subscribe(listener) {
    this.#listeners.push(listener);
  }

  // The address of this page after `patch`.
  href(patch) {
    return location.pathname + formatState({ ...this.current, ...patch });
  }

  // Applies `patch` as one history entry. Letters typed in one go (`typing`) share an entry.
  change(patch, { typing = false } = {}) {
    const next = { ...this.current, ...patch };
    const address = location.pathname + formatState(next);
    const now = performance.now();
    const joins = typing && now - this.#typedAt < typingPauseMs;
    this.#typedAt = typing ? now : -Infinity;
    if (address !== location.pathname + location.search) {
      if (joins) history.replaceState(history.state, "", address);
      else history.pushState({ entered: true }, "", address);
    }
    this.#set(next);
  }

  // Leaves what `patch` undoes: one step back when this page made the entry, else by rewriting the address.
  leave(patch) {
    if (history.state?.entered) {
      history.back();
      return;
    }
    const next = { ...this.current, ...patch };
    history.replaceState(null, "", location.pathname + formatState(next));
    this.#set(next);
  }

  endTyping() {
    this.#typedAt = -Infinity;
  }

  #set(next) {
    const previous = this.current;
    this.current = next;
    for (const listener of this.#listeners) listener(next, previous);
  }
}
