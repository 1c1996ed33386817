// The filter expression of a state, in the server's grammar: brand IN ("A","B") AND price >= 10 ...

import { listFields } from "./state.js";

export function quoted(text) {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function listClause(field, values) {
  if (values.length === 1) return `${field} = ${quoted(values[0])}`;
  return `${field} IN (${values.map(quoted).join(",")})`;
}

// "" when nothing is filtered.
export function filterExpression(state) {
  const clauses = [];
  for (const field of listFields) if (state[field].length > 0) clauses.push(listClause(field, state[field]));
  if (state.category !== "") clauses.push(`category = ${quoted(state.category)}`);
  if (state.priceMin !== null) clauses.push(`price >= ${state.priceMin}`);
  if (state.priceMax !== null) clauses.push(`price <= ${state.priceMax}`);
  if (state.inStock) clauses.push("in_stock = true");
  if (state.rating !== null) clauses.push(`rating >= ${state.rating}`);
  if (state.filter !== "") clauses.push(clauses.length > 0 ? `(${state.filter})` : state.filter);
  return clauses.join(" AND ");
}
