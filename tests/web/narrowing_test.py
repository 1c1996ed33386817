"""Facets and filters: what a count promises is what a click gives."""

from browser import until
from page_case import PageCase
from shop import number


class Narrowing(PageCase):
    def test_a_brand_narrows_to_exactly_its_count(self):
        self.page.open()
        brand = self.page.facet_values("brand")[0]
        count = self.page.facet_count("brand", brand)
        self.assertLess(count, self.page.total())
        self.page.choose("brand", brand)
        self.page.await_total(count)
        self.assertEqual({brand}, set(self.page.texts("#hits .hit-brand")))
        self.assertTrue(self.element_focus_is("[data-facet=brand] input:checked"), "the focus left the chosen box")

    def test_two_brands_give_the_sum_of_their_counts(self):
        self.page.open()
        first, second = self.page.facet_values("brand")[:2]
        counts = [self.page.facet_count("brand", brand) for brand in (first, second)]
        self.page.choose("brand", first)
        self.page.await_total(counts[0])
        self.assertEqual(counts[1], self.page.facet_count("brand", second), "a brand's own filter changed the other's count")
        self.page.choose("brand", second)
        self.page.await_total(sum(counts))
        self.assertEqual([first, second], self.page.state()["brand"])
        self.page.choose("brand", first)
        self.page.await_total(counts[1])

    def test_colour_and_size_narrow_to_their_counts(self):
        for field in ("colour", "size"):
            self.page.open()
            value = self.page.facet_values(field)[0]
            count = self.page.facet_count(field, value)
            self.browser.run("document.querySelector(`[data-facet=${arguments[0]}] input`).click();", field)
            self.page.await_state(field, [value])
            self.page.await_total(count)

    def test_show_more_unfolds_the_values_of_the_server(self):
        self.page.open()
        folded = len(self.page.facet_values("brand"))
        self.assertLess(folded, len(self.api.values("brand")))
        self.browser.click("[data-facet=brand] .more")
        self.assertEqual([value for value, _ in self.api.values("brand")], self.page.facet_values("brand"))
        self.browser.click("[data-facet=brand] .more")
        self.assertEqual(folded, len(self.page.facet_values("brand")))

    def test_a_price_range_keeps_only_prices_inside(self):
        self.page.open()
        prices = sorted(hit["product"]["price"] for page in (1, 10) for hit in self.api.search(q="", sort="price:asc", page=page)["hits"])
        low, high = prices[0] + 0.01, prices[-1]
        self.browser.type_into('input[aria-label="Lowest price"]', f"{low:.2f}")
        self.browser.type_into('input[aria-label="Highest price"]', f"{high:.2f}\ue007")
        self.page.await_state("price_max", [f"{high:g}"])
        self.page.await_total(self.api.total(q="", filter=f"price >= {low:.2f} AND price <= {high:.2f}"))
        self.assertTrue(all(low <= price <= high for price in self.page.prices()))

    def test_an_answer_leaves_the_price_being_typed_alone(self):
        self.page.open()
        self.browser.type_into('input[aria-label="Lowest price"]', "5")
        self.browser.press("Tab", "9")
        self.page.await_total(self.api.total(q="", filter="price >= 5"))
        self.assertEqual("9", self.browser.run("return document.activeElement.value;"))
        self.browser.press("0", "Enter")
        self.page.await_total(self.api.total(q="", filter="price >= 5 AND price <= 90"))

    def test_the_price_slider_sets_the_range(self):
        self.page.open()
        self.browser.run("document.querySelector('input[aria-label=\"Highest price, slider\"]').focus();")
        self.browser.press(*["ArrowLeft"] * 40)
        until(lambda: "price_max" in self.page.state(), "a highest price in the address")
        field = """return document.querySelector('input[aria-label="Highest price"]').value;"""
        until(lambda: self.page.state()["price_max"][0] == self.browser.run(field), "the field equal to the address")
        high = self.page.state()["price_max"][0]
        self.page.await_total(self.api.total(q="", filter=f"price <= {high}"))

    def test_categories_lead_down_and_back_with_their_counts(self):
        self.page.open()
        everything = self.page.total()
        path = []
        while self.page.tree():
            value, count = self.page.tree()[0]
            self.page.enter_category(value)
            self.page.await_total(count)
            self.page.await_state("category", [value])
            until(lambda: self.page.text("[data-facet=category] .branch.current .count") == f"{count:,}", "the chosen category's own count")
            path.append((value, count))
        self.assertGreaterEqual(len(path), 2, "the catalogue has a tree")
        for value, count in reversed(path[:-1]):
            self.page.enter_category(value)
            self.page.await_total(count)
        self.browser.click("[data-facet=category] .branch.back")
        self.page.await_total(everything)

    def test_in_stock_leaves_only_what_can_be_bought(self):
        self.page.open()
        count = number(self.page.text("[data-facet=in_stock] .count"))
        self.browser.click("[data-facet=in_stock] input")
        self.page.await_total(count)
        self.assertNotIn("Out of stock", self.page.texts("#hits .stock"))

    def test_a_rating_keeps_only_products_at_least_as_good(self):
        self.page.open()
        self.browser.run("document.querySelector('[data-facet=rating] input[value=\"4\"]').click();")
        self.page.await_total(self.api.total(q="", filter="rating >= 4"))
        ratings = self.browser.run("return [...document.querySelectorAll('#hits .rating > span:nth-child(2)')].map((node) => Number(node.textContent));")
        self.assertEqual(len(self.page.ids()), len(ratings))
        self.assertGreaterEqual(min(ratings), 4)

    def test_filters_compose_and_counts_follow(self):
        self.page.open()
        department, _ = self.page.tree()[0]
        self.page.enter_category(department)
        self.page.await_state("category", [department])
        until(lambda: self.page.text("[data-facet=category] .branch.current"), "the department")
        self.page.await_total(self.api.total(q="", filter=f'category = "{department}"'))
        brand = self.page.facet_values("brand")[0]
        count = self.page.facet_count("brand", brand)
        self.page.choose("brand", brand)
        self.page.await_total(count)
        self.assertEqual(count, self.api.total(q="", filter=f'category = "{department}" AND brand = "{brand}"'))

    def test_chips_name_each_filter_and_remove_it(self):
        first, second = [value for value, _ in self.api.values("brand")[:2]]
        self.page.open(brand=[first, second], in_stock="true", rating=2)
        self.assertEqual([f"Brand: {first}×", f"Brand: {second}×", "2 stars and up×", "In stock×", "Clear all"], self.page.texts("#chips .chip"))
        self.browser.click("#chips .chip")
        self.page.await_state("brand", [second])
        self.page.await_total(self.api.total(q="", filter=f'brand = "{second}" AND in_stock = true AND rating >= 2'))
        self.browser.click("#chips .clear")
        self.page.await_total(self.api.total(q=""))
        self.assertEqual({}, self.page.state())
        self.assertFalse(self.page.is_visible("#chips"))

    def test_a_narrower_search_begins_at_the_first_page(self):
        self.page.open(page=2)
        self.page.choose("brand", self.page.facet_values("brand")[0])
        until(lambda: "brand" in self.page.state(), "the brand in the address")
        self.assertNotIn("page", self.page.state())

    def test_a_filter_expression_in_the_address_is_obeyed_and_removable(self):
        self.page.open(filter="price < 20 OR rating >= 4.5", in_stock="true")
        self.page.await_total(self.api.total(q="", filter="in_stock = true AND (price < 20 OR rating >= 4.5)"))
        self.browser.click('#chips .chip[aria-label*="price < 20"]')
        self.page.await_total(self.api.total(q="", filter="in_stock = true"))
