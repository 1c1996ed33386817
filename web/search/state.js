// What the shopper asked for, and how it is written in the address of the page. Pure: no DOM, no history.

export const pageSize = 24;
export const windowHitsMax = 1000; // the server pages no further
export const pageMax = Math.floor(windowHitsMax / pageSize);
export const valuesPerFieldMax = 64; // more selected values than this in an address are ignored
export const categorySeparator = " > ";

export const listFields = ["brand", "colour", "size", "language"];
export const sorts = ["", "price:asc", "price:desc", "rating:desc", "released:desc"];

// `filter` is an expression in the server's own grammar, only reachable through the address.
export const emptyState = Object.freeze({
  q: "", brand: [], colour: [], size: [], language: [], category: "", priceMin: null, priceMax: null,
  inStock: false, rating: null, filter: "", sort: "", page: 1, product: "",
});

// Everything that "clear all" forgets.
export const noFilters = Object.freeze({
  brand: [], colour: [], size: [], language: [], category: "", priceMin: null, priceMax: null,
  inStock: false, rating: null, filter: "", page: 1,
});

function numberOrNull(text) {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : null;
}

export function parseState(search) {
  const from = new URLSearchParams(search);
  const state = { ...emptyState };
  state.q = from.get("q") ?? "";
  for (const field of listFields) state[field] = [...new Set(from.getAll(field))].slice(0, valuesPerFieldMax);
  state.category = from.get("category") ?? "";
  state.priceMin = numberOrNull(from.get("price_min"));
  state.priceMax = numberOrNull(from.get("price_max"));
  state.inStock = from.get("in_stock") === "true";
  state.rating = numberOrNull(from.get("rating"));
  state.filter = from.get("filter") ?? "";
  state.sort = sorts.includes(from.get("sort")) ? from.get("sort") : "";
  const page = Math.trunc(numberOrNull(from.get("page")) ?? 1);
  state.page = Math.min(Math.max(page, 1), pageMax);
  state.product = from.get("product") ?? "";
  return state;
}

// The inverse of parseState: "" for the empty state, else "?q=...".
export function formatState(state) {
  const to = new URLSearchParams();
  const put = (name, value, usual) => { if (value !== usual && value !== null) to.append(name, String(value)); };
  put("q", state.q, "");
  for (const field of listFields) for (const value of state[field]) to.append(field, value);
  put("category", state.category, "");
  put("price_min", state.priceMin, null);
  put("price_max", state.priceMax, null);
  put("in_stock", state.inStock, false);
  put("rating", state.rating, null);
  put("filter", state.filter, "");
  put("sort", state.sort, "");
  put("page", state.page, 1);
  put("product", state.product, "");
  const text = to.toString();
  return text === "" ? "" : `?${text}`;
}

// Two states with the same key have the same answer.
export function searchKey(state) {
  return formatState({ ...state, q: state.q.trim(), product: "" });
}

export function filterCount(state) {
  const lists = listFields.reduce((sum, field) => sum + state[field].length, 0);
  const price = state.priceMin !== null || state.priceMax !== null;
  return lists + [state.category !== "", price, state.inStock, state.rating !== null, state.filter !== ""].filter(Boolean).length;
}

export function toggled(values, value) {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}
