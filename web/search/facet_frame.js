// The frame every facet sits in: a heading that folds its body away.

import { element, icon } from "./dom.js";

export function facetFrame(name, title, ...body) {
  const heading = element("summary", {}, element("h3", {}, title), icon(["M7 10l5 5 5-5"]));
  return element("details", { class: "facet", open: true, "data-facet": name }, heading, element("div", { class: "facet-body" }, ...body));
}
