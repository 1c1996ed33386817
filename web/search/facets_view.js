// All facets, in the order a shopper narrows by.

import { CategoryFacet } from "./category_facet.js";
import { swatch } from "./colour_swatch.js";
import { capitalised, languageName } from "./format.js";
import { PriceFacet } from "./price_facet.js";
import { RatingFacet } from "./rating_facet.js";
import { compareSizes } from "./size_order.js";
import { StockFacet } from "./stock_facet.js";
import { ValueFacet } from "./value_facet.js";

export class FacetsView {
  #facets;

  constructor(parent, store) {
    this.#facets = new Map([
      ["category", new CategoryFacet(store)],
      ["in_stock", new StockFacet(store)],
      ["price", new PriceFacet(store)],
      ["brand", new ValueFacet("brand", "Brand", store)],
      ["rating", new RatingFacet(store)],
      ["colour", new ValueFacet("colour", "Colour", store, { mark: swatch, label: capitalised })],
      ["size", new ValueFacet("size", "Size", store, { order: compareSizes, pills: true })],
      ["language", new ValueFacet("language", "Language", store, { label: languageName })],
    ]);
    parent.replaceChildren(...[...this.#facets.values()].map((facet) => facet.node));
    this.show({}, store.current);
  }

  show(facets, state) {
    for (const [name, facet] of this.#facets) facet.show(facets[name], state);
  }
}
