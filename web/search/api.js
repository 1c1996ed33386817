// The calls this page makes. All throw ServiceError, or the browser's AbortError when `signal` fired.

import { filterExpression } from "./filter.js";
import { pageSize } from "./state.js";

const index = "/v1/indexes/products";
const facets = "brand,category,colour,size,price,in_stock,rating,language";

// status 0: no answer at all (network), or an answer that is no JSON. `code` and `requestId` are the server's.
export class ServiceError extends Error {
  constructor(status, code, message, requestId) {
    super(message);
    this.name = "ServiceError";
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

async function fetchJson(path, signal) {
  let response;
  try {
    response = await fetch(path, { signal, headers: { Accept: "application/json" }, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServiceError(0, "unreachable", "the search service cannot be reached", "");
  }
  let body = null;
  try {
    body = await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
  }
  if (response.ok && body !== null) return body;
  const { code = "unreadable", message = `the answer cannot be read (status ${response.status})`, request_id = "" } = body?.error ?? {};
  throw new ServiceError(response.ok ? 0 : response.status, code, message, request_id);
}

export function searchPath(state) {
  const parameters = new URLSearchParams();
  parameters.set("q", state.q.trim());
  const filter = filterExpression(state);
  if (filter !== "") parameters.set("filter", filter);
  parameters.set("facets", facets);
  if (state.sort !== "") parameters.set("sort", state.sort);
  parameters.set("page", String(state.page));
  parameters.set("per_page", String(pageSize));
  return `${index}/search?${parameters}`;
}

// The answer and, in milliseconds, how long this page waited for it.
export async function search(state, signal) {
  const begin = performance.now();
  const answer = await fetchJson(searchPath(state), signal);
  return { answer, roundTripMs: performance.now() - begin };
}

// What a shopper may be typing.
export async function suggest(text, signal) {
  return fetchJson(`${index}/suggest?${new URLSearchParams({ q: text, scope: "category" })}`, signal);
}

export async function product(id, signal) {
  const body = await fetchJson(`${index}/products/${encodeURIComponent(id)}`, signal);
  return body.product ?? body;
}
