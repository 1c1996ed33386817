// The pieces a product is shown with, alike on a card and in the dialog.

import { element } from "./dom.js";
import { formatCount, formatPrice, plural } from "./format.js";

const fewLeftMax = 5;
const starCount = 5;

export function stars(rating) {
  const full = element("span", { class: "stars-full", "aria-hidden": "true" }, "★".repeat(starCount));
  full.style.width = `${(Math.min(Math.max(rating, 0), starCount) / starCount) * 100}%`;
  const empty = element("span", { class: "stars-empty", "aria-hidden": "true" }, "★".repeat(starCount));
  return element("span", { class: "stars", role: "img", "aria-label": `${rating} of ${starCount} stars` }, empty, full);
}

// null for a product nobody has rated.
export function ratingLine(product) {
  if (typeof product.rating !== "number" || product.rating <= 0) return null;
  const reviews = product.review_count;
  const count = typeof reviews !== "number" ? null
    : element("span", { class: "rating-count", title: plural(reviews, "review", "reviews") }, `(${formatCount(reviews)})`);
  return element("p", { class: "rating" }, stars(product.rating), element("span", {}, product.rating.toFixed(1)), count);
}

export function priceLine(product) {
  const { price, list_price: listPrice } = product;
  const reduced = typeof listPrice === "number" && typeof price === "number" && listPrice > price;
  const saving = reduced ? Math.round((1 - price / listPrice) * 100) : 0;
  return element("p", { class: "price" },
    element("span", { class: reduced ? "price-now reduced" : "price-now" }, formatPrice(price)),
    reduced ? element("s", { class: "price-list", "aria-label": `before ${formatPrice(listPrice)}` }, formatPrice(listPrice)) : null,
    saving > 0 ? element("span", { class: "price-saving" }, `−${saving}%`) : null);
}

export function stockLine(product) {
  const { stock, in_stock: inStock } = product;
  if (inStock === false || stock === 0) return element("p", { class: "stock out" }, "Out of stock");
  if (typeof stock === "number" && stock <= fewLeftMax) return element("p", { class: "stock few" }, `Only ${stock} left`);
  if (inStock === true || stock > 0) return element("p", { class: "stock in" }, "In stock");
  return null;
}
