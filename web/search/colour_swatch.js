// The colour a word names, and a dot in it; none for words that name no colour we know.

import { element } from "./dom.js";

const colours = new Map(Object.entries({
  black: "#1c1c1e", white: "#ffffff", grey: "#8e9196", gray: "#8e9196", anthracite: "#3b3f45", charcoal: "#3f4347",
  silver: "#c5c9cf", gold: "#cfa84a", beige: "#dccbaa", cream: "#f3ead2", ivory: "#f6f1df", sand: "#d8c39a",
  brown: "#7b5235", oak: "#b98a55", walnut: "#5f4230", red: "#cf2e3a", burgundy: "#7a1f35", pink: "#ef8fb1",
  rose: "#e7a1ae", coral: "#f2735a", orange: "#ee7d20", mustard: "#d3a12b", yellow: "#f4cf33", green: "#2e9153",
  olive: "#75783b", sage: "#a3b18a", mint: "#a5dbc3", teal: "#177e80", turquoise: "#35b5b5", blue: "#2f63c8",
  navy: "#1d2b53", denim: "#4a6c9b", purple: "#7541a5", violet: "#8457c9", lilac: "#c3a6dd", lavender: "#b9a9e0",
  natural: "#cdb38b", khaki: "#a39a6a", graphite: "#4a4e54", stone: "#b9b2a3", petrol: "#0f5d6b", wine: "#722038",
  plum: "#6d3a5d", terracotta: "#c4684a", apricot: "#f2b07e", camel: "#b98d5b", chestnut: "#7a4a2b",
  pine: "#2f5a46", forest: "#2c5a3a", copper: "#b4693c", bronze: "#8c6a3f", berry: "#8e2f5c", rust: "#a9502b",
  slate: "#5b6570", cobalt: "#2346a8", ochre: "#c4892f", oatmeal: "#ddd3c0", cognac: "#96532a", aqua: "#6fcfd0",
  brass: "#b5973f", nude: "#dcb9a3", emerald: "#1d8a63", rosewood: "#6b3034", pearl: "#ece7de", steel: "#a9aeb5",
  clear: "#e8f0f2", transparent: "#e8f0f2",
}));

// "dark olive" -> "#75783b"; null for an unknown word.
export function colourNamed(name) {
  const known = name.toLowerCase().split(/[\s/-]+/).findLast((word) => colours.has(word));
  return known === undefined ? null : colours.get(known);
}

export function swatch(name) {
  const colour = colourNamed(name);
  if (colour === null) return null;
  const dot = element("span", { class: "swatch", "aria-hidden": "true" });
  dot.style.backgroundColor = colour;
  return dot;
}
