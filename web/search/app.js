// The search page: state in, one question at a time, answer out to the views.

import * as api from "./api.js";
import { showChips } from "./chips.js";
import { Drawer } from "./drawer.js";
import { FacetsView } from "./facets_view.js";
import { HitsView } from "./hits.js";
import { showPaging } from "./paging.js";
import { ProductDialog } from "./product_dialog.js";
import { SearchBox } from "./search_box.js";
import { SearchLoop } from "./search_loop.js";
import { emptyState, searchKey } from "./state.js";
import { StatusView, totalText } from "./status.js";
import { UrlState } from "./url_state.js";

const typingDelayMs = 80;

const by = (id) => document.getElementById(id);
const store = new UrlState();
const hits = new HitsView(by("hits"), store, () => box.focus());
const box = new SearchBox(by("search"), store, api.suggest, () => hits.focusFirst());
const facets = new FacetsView(by("facet-list"), store);
const dialog = new ProductDialog(by("product"), store, api.product);
const drawer = new Drawer({
  panel: by("facets"), backdrop: by("backdrop"), open: by("facets-open"), close: by("facets-close"), done: by("facets-done"),
  badge: by("facets-count"), behind: [by("top"), by("results"), by("foot")],
});
const status = new StatusView({
  total: by("total"), figures: by("figures"), notice: by("notice"), message: by("message"), live: by("live"), progress: by("progress"),
}, store, () => loop.ask(store.current, 0));
let shown = null; // the answer on the page; null before the first and after a failure
let facetsShown = {}; // these stay after a failure, so that the filter at fault can be taken away

const loop = new SearchLoop(api.search, {
  answered({ answer, roundTripMs }, state) {
    shown = answer;
    by("results").removeAttribute("aria-busy");
    status.show(answer, state, roundTripMs);
    hits.show(answer);
    facetsShown = answer.facets ?? {};
    facets.show(facetsShown, store.current);
    showPaging(by("paging"), state.page, answer.total, store);
    drawer.showTotal(totalText(answer));
  },
  failed(error, state) {
    shown = null;
    by("results").removeAttribute("aria-busy");
    status.fail(error, state);
    facets.show(facetsShown, store.current);
    hits.clear();
    by("paging").hidden = true;
  },
  slow(isSlow) {
    status.slow(isSlow);
    if (isSlow) by("results").setAttribute("aria-busy", "true");
  },
});

function knownProduct(id) {
  return shown?.hits.find((hit) => hit.id === id)?.product;
}

function showState(state) {
  box.show(state);
  by("sort").value = state.sort;
  showChips(by("chips"), state, store);
  drawer.show(state);
  document.title = state.q.trim() === "" ? "aisle – demo shop" : `${state.q.trim()} – aisle demo shop`;
  void dialog.show(state, knownProduct(state.product));
}

store.subscribe((state, previous) => {
  showState(state);
  if (searchKey(state) === searchKey(previous) && shown !== null) return;
  loop.ask(state, state.q === previous.q ? 0 : typingDelayMs);
  if (state.page !== previous.page) window.scrollTo({ top: 0 });
});

by("sort").addEventListener("change", () => store.change({ sort: by("sort").value, page: 1 }));
by("home").addEventListener("click", (event) => {
  event.preventDefault();
  store.change(emptyState);
});
window.addEventListener("online", () => { if (shown === null) loop.ask(store.current, 0); });

hits.showSkeleton();
showState(store.current);
loop.ask(store.current, 0);
