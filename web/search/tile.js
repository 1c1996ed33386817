// A picture for a product that has none: the colour of its department, a drawing of its kind filled with the product's
// own colour, and a quiet shape behind it that differs from product to product. The same product always looks the same.

import { colourNamed } from "./colour_swatch.js";
import { element, svg } from "./dom.js";
import { asList } from "./format.js";
import { categorySeparator } from "./state.js";
import { drawing, drawingSize } from "./tile_icons.js";

const departmentHues = new Map([
  ["electronics", 215], ["clothing", 335], ["groceries", 95], ["tools", 28],
  ["toys", 46], ["books", 265], ["home", 178], ["beauty", 305],
]);

// FNV-1a: spreads ids evenly; nothing depends on its quality.
function hash(text) {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 0x01000193) >>> 0;
  return value;
}

function backShape(number) {
  const x = 24 + (number % 17);
  const y = 25 + ((number >>> 6) % 15);
  const r = 17 + ((number >>> 12) % 5);
  return svg("circle", { cx: x, cy: y, r, class: "tile-shape" });
}

export function tile(id, product) {
  const path = String(asList(product.category)[0] ?? "");
  const parts = path.split(categorySeparator);
  const department = parts[0].toLowerCase();
  const number = hash(String(id));
  const lines = svg("g", { class: "tile-lines", transform: "translate(13 13) scale(0.79)" },
    ...drawing(parts).map((d) => svg("path", { d, class: d.endsWith("z") ? "closed" : null })));
  const picture = svg("svg", { viewBox: `0 0 ${drawingSize + 16} ${drawingSize + 16}`, "aria-hidden": "true" },
    backShape(number), lines);
  const node = element("div", { class: "tile" }, picture);
  const hue = departmentHues.get(department) ?? hash(department) % 360;
  node.style.setProperty("--hue", String(hue + ((hash(path) % 17) - 8)));
  const colour = asList(product.colour).map(colourNamed).find((known) => known !== null);
  if (colour !== undefined) node.style.setProperty("--tint", colour);
  return node;
}
