// One question at a time: debounced, the older request cancelled, and an answer that comes late never shown over a
// newer one, even where the cancellation did not reach it.

const slowAfterMs = 250; // below this a progress bar would only flicker

export class SearchLoop {
  #listener;
  #search;
  #sequence = 0;
  #timer = 0;
  #slowTimer = 0;
  #controller = null;

  // `search(state, signal)` gives a promise; `listener` has answered(result, state), failed(error, state), slow(isSlow).
  constructor(search, listener) {
    this.#search = search;
    this.#listener = listener;
  }

  // Asks for `state` after `delayMs` without another call.
  ask(state, delayMs) {
    clearTimeout(this.#timer);
    if (delayMs === 0) void this.#send(state);
    else this.#timer = setTimeout(() => void this.#send(state), delayMs);
  }

  async #send(state) {
    this.#controller?.abort();
    this.#controller = new AbortController();
    const sequence = ++this.#sequence;
    clearTimeout(this.#slowTimer);
    this.#slowTimer = setTimeout(() => this.#listener.slow(true), slowAfterMs);
    let report;
    try {
      const result = await this.#search(state, this.#controller.signal);
      report = () => this.#listener.answered(result, state);
    } catch (error) {
      report = () => this.#listener.failed(error, state);
    }
    if (sequence !== this.#sequence) return;
    clearTimeout(this.#slowTimer);
    this.#listener.slow(false);
    report();
  }
}
