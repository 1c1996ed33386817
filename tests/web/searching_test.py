"""Typing, paging, sorting, opening a product, and what the address remembers."""

from browser import until
from page_case import PageCase
from shop import PAGE_SIZE, number, with_typo


class Searching(PageCase):
    def test_typing_shows_the_hits_of_the_api_with_marks(self):
        brand = self.api.plain_brand()
        expected = self.api.search(q=brand)
        self.page.open()
        self.page.search_for(brand)
        self.page.await_total(expected["total"])
        self.page.await_ids([hit["id"] for hit in expected["hits"]])
        marks = self.page.texts("#hits mark")
        self.assertIn(brand.lower(), [mark.lower() for mark in marks])
        self.assertIn(brand, self.page.text("#total"))
        self.assertEqual([brand], self.page.state()["q"])

    def test_each_card_shows_brand_title_price_and_stock_of_its_product(self):
        hits = self.api.search(q="")["hits"]
        self.page.open()
        cards = self.browser.run("""return [...document.querySelectorAll("#hits .hit")].map((card) => ({
            brand: card.querySelector(".hit-brand").textContent, title: card.querySelector(".hit-title").textContent,
            price: card.querySelector(".price-now").textContent, before: card.querySelector(".price-list")?.textContent ?? "",
            stock: card.querySelector(".stock").textContent, tile: card.querySelectorAll(".tile svg path").length}));""")
        self.assertEqual(len(hits), len(cards))
        for hit, card in zip(hits, cards):
            product = hit["product"]
            self.assertEqual((product["brand"], product["title"]), (card["brand"], card["title"]))
            self.assertEqual(f"€{product['price']:,.2f}", card["price"])
            reduced = (product.get("list_price") or 0) > product["price"]
            self.assertEqual(f"€{product['list_price']:,.2f}" if reduced else "", card["before"])
            self.assertEqual(not product["in_stock"], card["stock"] == "Out of stock")
            self.assertGreater(card["tile"], 0)

    def test_a_typo_still_finds_the_brand(self):
        brand = self.api.plain_brand()
        typo = with_typo(brand)
        self.page.open()
        self.page.search_for(typo)
        until(lambda: typo in self.page.text("#total"), "the answer to the whole word")
        self.assertIn(brand, self.page.texts("#hits .hit-brand"))
        self.assertIn("Spelling was corrected", self.page.text("#notice"))

    def test_latency_and_age_of_the_answer_are_shown(self):
        view = self.api.search(q="")["view"]
        self.page.open()
        line = self.page.text("#figures")
        self.assertRegex(line, r"\d ?ms search")
        self.assertRegex(line, r"\d ?m?s round trip")
        if view.get("lag_ms") is not None:
            self.assertIn("as of", line)

    def test_the_result_count_is_announced(self):
        brand = self.api.plain_brand()
        self.page.open()
        self.page.search_for(brand)
        self.page.await_total(self.api.total(q=brand))
        self.assertEqual(self.page.text("#total"), self.page.text("#live[aria-live=polite]"))

    def test_sorting_by_price_orders_the_prices_over_two_pages(self):
        self.page.open()
        for direction, ordered in (("asc", sorted), ("desc", lambda prices: sorted(prices, reverse=True))):
            self.browser.run("""const sort = document.querySelector("#sort"); sort.value = arguments[0];
                sort.dispatchEvent(new Event("change", {bubbles: true}));""", f"price:{direction}")
            sort = f"price:{direction}"
            self.page.await_ids([hit["id"] for hit in self.api.search(q="", sort=sort)["hits"]])
            prices = self.page.prices()
            self.browser.click('#paging a[aria-label="Next page"]')
            self.page.await_ids([hit["id"] for hit in self.api.search(q="", sort=sort, page=2)["hits"]])
            prices += self.page.prices()
            self.assertEqual(2 * PAGE_SIZE, len(prices))
            self.assertEqual(ordered(prices), prices)

    def test_every_sort_of_the_list_is_known_to_the_server(self):
        self.page.open()
        for sort in self.browser.run("return [...document.querySelectorAll('#sort option')].map((option) => option.value);"):
            self.page.open(**({"sort": sort} if sort else {}))
            self.assertFalse(self.page.is_visible("#message.failed"), f"{sort}: {self.page.text('#message')}")

    def test_paging_shows_other_products_and_marks_the_page(self):
        self.page.open()
        first = self.page.ids()
        self.browser.click('#paging a[aria-label="Page 2"]')
        self.page.await_ids([hit["id"] for hit in self.api.search(q="", page=2)["hits"]])
        self.assertFalse(set(first) & set(self.page.ids()))
        self.assertEqual("2", self.page.text("#paging [aria-current=page]"))
        self.assertEqual(["2"], self.page.state()["page"])
        self.browser.click('#paging a[aria-label="Previous page"]')
        self.page.await_ids(first)

    def test_the_last_page_lies_inside_the_window_of_the_server(self):
        self.page.open()
        last = max(filter(None, map(number, self.page.texts("#paging .page-link"))))
        self.browser.click(f'#paging a[aria-label="Page {last}"]')
        until(lambda: self.page.text("#paging [aria-current=page]") == str(last), f"page {last}")
        self.assertGreater(len(self.page.ids()), 0)

    def test_a_reload_restores_the_whole_state(self):
        brand, _ = self.api.values("brand")[0]
        self.page.open(brand=brand, in_stock="true", sort="price:desc", price_min=1, product="")
        ids, total = self.page.ids(), self.page.total()
        self.assertEqual(self.api.total(q="", filter=f'brand = "{brand}" AND in_stock = true AND price >= 1'), total)
        self.browser.reload()
        self.page.await_ids(ids)
        self.assertEqual(total, self.page.total())
        checked = self.browser.run("return [...document.querySelectorAll('[data-facet=brand] input:checked')].map((box) => box.dataset.value);")
        self.assertEqual([brand], checked)
        self.assertEqual("price:desc", self.browser.run("return document.querySelector('#sort').value;"))
        self.assertEqual("1", self.browser.run("return document.querySelector('[data-facet=price] input[type=number]').value;"))
        self.assertTrue(self.browser.run("return document.querySelector('[data-facet=in_stock] input').checked;"))

    def test_back_and_forward_walk_through_the_searches(self):
        brand = self.api.plain_brand()
        self.page.open()
        everything, of_brand = self.api.total(q=""), self.api.total(q=brand)
        self.page.search_for(brand)
        self.page.await_total(of_brand)
        value = self.page.facet_values("brand")[0]
        self.page.choose("brand", value)
        self.page.await_state("brand", [value])
        self.browser.back()
        self.page.await_state("brand", [])
        self.page.await_total(of_brand)
        self.browser.back()
        self.page.await_total(everything)
        self.assertEqual("", self.browser.run("return document.querySelector('#box').value;"))
        self.browser.forward()
        self.page.await_total(of_brand)
        self.assertEqual(brand, self.browser.run("return document.querySelector('#box').value;"))


class Keyboard(PageCase):
    def test_slash_focuses_the_box_and_escape_clears_it(self):
        brand = self.api.plain_brand()
        self.page.open(q=brand)
        self.browser.press("/")
        until(lambda: self.page.focused() == "box", "the focus in the box")
        self.assertEqual(brand, self.browser.run("return document.querySelector('#box').value;"))
        self.browser.press("Escape")
        self.page.await_total(self.api.total(q=""))
        self.assertEqual("box", self.page.focused())

    def test_a_slash_can_be_typed_into_the_box(self):
        self.page.open()
        self.page.search_for("1/2")
        self.page.await_state("q", ["1/2"])

    def test_arrows_move_through_the_hits_and_back_into_the_box(self):
        self.page.open()
        ids = self.page.ids()
        self.browser.press("/", "ArrowDown")
        self.assertEqual(ids[0], self.page.focused())
        self.browser.press("ArrowRight", "ArrowRight", "ArrowLeft")
        self.assertEqual(ids[1], self.page.focused())
        columns = self.browser.run("return getComputedStyle(document.querySelector('#hits')).gridTemplateColumns.split(' ').length;")
        self.browser.press("ArrowDown")
        self.assertEqual(ids[1 + columns], self.page.focused())
        self.browser.press("ArrowUp", "ArrowUp")
        self.assertEqual("box", self.page.focused())

    def test_the_focus_is_visible(self):
        self.page.open()
        self.browser.press("/", "ArrowDown")
        style = self.browser.run("const style = getComputedStyle(document.activeElement); return [style.outlineStyle, style.outlineWidth];")
        self.assertEqual("solid", style[0])
        self.assertGreaterEqual(number(style[1]), 2)


class OneProduct(PageCase):
    def test_enter_opens_the_product_and_escape_returns_to_its_card(self):
        self.page.open()
        hit = self.api.search(q="")["hits"][0]
        self.browser.press("/", "ArrowDown", "Enter")
        until(lambda: self.page.is_visible("dialog[open]"), "the product's dialog")
        self.page.await_state("product", [hit["id"]])
        self.assertEqual(hit["product"]["title"], self.page.text("#product-title"))
        self.browser.press("Escape")
        until(lambda: not self.page.is_visible("dialog[open]"), "a closed dialog")
        self.page.await_state("product", [])
        self.assertEqual(hit["id"], self.page.focused())

    def test_the_dialog_shows_description_codes_and_the_stored_json(self):
        hit = self.api.search(q="")["hits"][0]
        self.page.open(product=hit["id"])
        until(lambda: self.page.is_visible("dialog[open] .product-table"), "the product of the address")
        text = self.page.text("dialog")
        for field in ("title", "brand", "description", "ean", "model"):
            if hit["product"].get(field):
                self.assertIn(str(hit["product"][field]), text)
        self.browser.click(".product-json summary")
        stored = self.browser.run("return JSON.parse(document.querySelector('.product-json pre').textContent);")
        self.assertEqual(hit["product"]["title"], stored["title"])

    def test_back_closes_the_product_and_forward_opens_it(self):
        self.page.open()
        self.browser.click("#hits .hit-link")
        until(lambda: self.page.is_visible("dialog[open]"), "the product's dialog")
        self.browser.back()
        until(lambda: not self.page.is_visible("dialog[open]"), "a closed dialog after back")
        self.browser.forward()
        until(lambda: self.page.is_visible("dialog[open]"), "the dialog again after forward")

    def test_an_unknown_product_is_told(self):
        self.refused = True
        self.page.open(product="no such product")
        until(lambda: "cannot be shown" in (self.page.text("dialog[open]") or ""), "a word about the missing product")


class Suggestions(PageCase):
    def suggestions(self, q):
        return self.api.suggest(q=q, scope="category")["suggestions"]

    def shown(self):
        return self.page.texts("#suggestions .suggestion-text")

    def await_list(self):
        until(lambda: self.page.is_visible("#suggestions"), "the suggestions")

    def active(self):
        """The option that assistive technology is told of, and whether it is the one that looks chosen."""
        return self.browser.run("""const box = document.querySelector("#box");
            const at = document.getElementById(box.getAttribute("aria-activedescendant"));
            const chosen = document.querySelectorAll("#suggestions [aria-selected=true]");
            return at === null ? null : [at.querySelector(".suggestion-text").textContent, chosen.length === 1 && chosen[0] === at];""")

    def beginning(self):
        """The first letters of a brand, which begin words of the catalogue."""
        return self.api.plain_brand().lower()[:4]

    def test_suggestions_of_the_api_appear_below_the_box_with_their_counts(self):
        begin = self.beginning()
        expected = self.suggestions(begin)
        self.assertGreater(len(expected), 0)
        self.page.open()
        self.page.search_for(begin)
        self.await_list()
        texts = [entry["q"] for entry in expected if entry["q"] != begin]
        until(lambda: [text for text in self.shown() if " in " not in text] == texts, lambda: f"{texts}; shown are {self.shown()}")
        self.assertEqual("true", self.browser.run("return document.querySelector('#box').getAttribute('aria-expanded');"))
        self.assertIn(f"{expected[0]['count']:,}", self.page.texts("#suggestions .suggestion-count"))
        self.save("suggestions")

    def test_arrows_choose_and_enter_searches(self):
        begin = self.beginning()
        self.page.open()
        self.page.search_for(begin)
        self.await_list()
        shown = self.shown()
        self.assertIsNone(self.active())
        self.browser.press("ArrowDown")
        self.assertEqual([shown[0], True], self.active())
        self.assertEqual("box", self.page.focused())
        self.browser.press("ArrowDown", "ArrowUp", "ArrowUp")
        self.assertIsNone(self.active(), "what was typed stands between the last and the first")
        self.browser.press("ArrowUp")
        self.assertEqual([shown[-1], True], self.active())
        self.browser.press("ArrowDown", "ArrowDown", "Enter")
        self.page.await_state("q", [shown[0].split(" in ")[0]])
        until(lambda: not self.page.is_visible("#suggestions"), "a closed list")
        self.page.await_total(self.api.total(q=shown[0].split(" in ")[0]))

    def test_escape_closes_the_list_first_and_then_clears(self):
        begin = self.beginning()
        self.page.open()
        self.page.search_for(begin)
        self.await_list()
        self.browser.press("Escape")
        self.assertFalse(self.page.is_visible("#suggestions"))
        self.assertEqual([begin], self.page.state()["q"])
        self.browser.press("Escape")
        self.page.await_state("q", [])

    def test_a_click_searches_within_a_category(self):
        begin = self.beginning()
        first = self.suggestions(begin)[0]
        scope = first["scopes"][0]
        self.page.open()
        self.page.search_for(begin)
        self.await_list()
        until(lambda: any(" in " in text for text in self.shown()), "a category among the suggestions")
        self.browser.click(".suggestion:has(.suggestion-scope)")
        self.page.await_state("category", [scope["value"]])
        self.page.await_total(self.api.total(q=first["q"], filter=f'category = "{scope["value"]}"'))
        self.assertFalse(self.page.is_visible("#suggestions"))

    def test_leaving_the_box_closes_the_list(self):
        self.page.open()
        self.page.search_for(self.beginning())
        self.await_list()
        self.browser.press("Tab")
        until(lambda: not self.page.is_visible("#suggestions"), "a closed list")

    def test_text_of_a_suggestion_is_never_markup(self):
        self.page.open()
        found = self.browser.run("""return import(new URL("suggest_list.js", document.baseURI)).then((m) => {
            const answer = {suggestions: [{q: "<img src=x>", count: 1, scopes: [{field: "category", value: "A > <b>", count: 1}]}]};
            const node = document.createElement("div");
            for (const option of m.options(answer, "<im")) node.append(...option.label);
            return [node.textContent, node.querySelectorAll("img").length];});""")
        self.assertEqual(["<img src=x><img src=x> in <b>", 0], found)


class DidYouMean(PageCase):
    def test_a_misspelt_query_offers_the_right_one_with_its_hits(self):
        typo = with_typo(self.api.plain_brand().lower())
        meant = self.api.search(q=typo)["did_you_mean"]
        self.page.open(q=typo)
        self.assertIn(f"Did you mean {meant['q']} ({meant['total']:,} product", self.page.text("#notice"))
        self.save("did_you_mean")
        self.browser.click("#notice .meant")
        self.page.await_state("q", [meant["q"]])
        until(lambda: meant["q"] in self.page.text("#total"), "the answer to the right query")
        self.assertGreaterEqual(self.page.total(), meant["total"])
        self.assertIsNone(self.browser.run("return document.querySelector('.meant');"))

    def test_a_code_with_a_wrong_digit_says_so_and_offers_the_right_one(self):
        code = str(next(hit["product"]["ean"] for hit in self.api.search(q="")["hits"] if hit["product"].get("ean")))
        wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
        self.page.open(q=wrong)
        self.assertEqual(0, len(self.page.ids()))
        self.assertIn("its check digit is wrong", self.page.text("#message"))
        self.save("wrong_check_digit")
        self.browser.click("#message .meant")
        self.page.await_state("q", [code])
        until(lambda: len(self.page.ids()) > 0, "the product")
