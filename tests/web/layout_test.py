"""Both widths, both colour schemes; the pictures for people to look at."""

from browser import until
from page_case import DESKTOP, PHONE, PageCase


class Layout(PageCase):
    def test_nothing_scrolls_sideways_at_either_width(self):
        brand = self.api.plain_brand()
        first = self.api.search(q="")["hits"][0]["id"]
        for width, height in (PHONE, DESKTOP):
            self.browser.set_width(width, height)
            for state in ({}, {"q": brand}, {"q": "x" * 200}, {"brand": brand, "in_stock": "true", "rating": 2, "price_min": 1}, {"product": first}):
                self.page.open(**state)
                self.assertLessEqual(self.page.content_width(), width, state)

    def test_filters_stand_beside_the_hits_on_a_wide_screen(self):
        self.page.open()
        self.assertTrue(self.page.is_visible("#facets"))
        self.assertFalse(self.page.is_visible("#facets-open"))

    def test_filters_are_a_drawer_on_a_phone(self):
        self.browser.set_width(*PHONE)
        self.page.open()
        self.assertFalse(self.page.is_visible("#facets"))
        self.browser.click("#facets-open")
        until(lambda: self.page.is_visible("#facets"), "the drawer")
        self.assertTrue(self.browser.run("return document.querySelector('#results').inert;"))
        self.assertTrue(self.element_focus_is("#facets *"))
        brand = self.page.facet_values("brand")[0]
        count = self.page.facet_count("brand", brand)
        self.browser.run("document.querySelector('[data-facet=brand] input').click();")
        until(lambda: self.page.text("#facets-done") == f"Show {count:,} products", "the new total on the button")
        self.assertLessEqual(self.page.content_width(), PHONE[0])
        self.browser.press("Escape")
        until(lambda: not self.page.is_visible("#facets"), "a closed drawer")
        self.assertTrue(self.element_focus_is("#facets-open"))
        self.assertEqual("1", self.page.text("#facets-count"))

    def test_everything_that_can_be_pressed_has_a_name(self):
        self.page.open()
        nameless = self.browser.run("""return [...document.querySelectorAll("button, input, select, a")].filter((node) =>
            !(node.getAttribute("aria-label") || node.textContent.trim() || node.labels?.[0]?.textContent.trim())).map((node) => node.outerHTML);""")
        self.assertEqual([], nameless)

    def test_text_stands_out_from_its_ground_in_both_schemes(self):
        for scheme in ("light", "dark"):
            self.browser.set_scheme(scheme)
            self.page.open()
            for selector in ("#total", ".figures", ".hit-title", ".hit-brand", ".hit-category", ".facet .count", ".stock"):
                self.assertGreaterEqual(self.contrast(selector), 4.5, f"{selector}, {scheme}")

    def contrast(self, selector):
        """The WCAG ratio of a text's colour to the nearest ground painted behind it."""
        return self.browser.run("""const node = document.querySelector(arguments[0]);
            const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
            let ground = node;
            while (channels(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
            const light = (colour) => channels(colour).slice(0, 3).map((value) => value / 255)
                .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
                .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
            const [a, b] = [light(getComputedStyle(node).color), light(getComputedStyle(ground).backgroundColor)];
            return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);""", selector)

    def test_pictures_of_the_page(self):
        brand = self.api.plain_brand()
        category = self.api.values("category")[0][0]
        first = self.api.search(q=brand)["hits"][0]["id"]
        states = {"start": {}, "query": {"q": brand}, "filtered": {"category": category, "in_stock": "true", "rating": 4, "price_max": 100},
                  "product": {"q": brand, "product": first}}
        for scheme in ("light", "dark"):
            self.browser.set_scheme(scheme)
            for width, height in (DESKTOP, PHONE):
                self.browser.set_width(width, height)
                for name, state in states.items():
                    self.page.open(**state)
                    self.assertGreater(len(self.page.ids()), 0, name)
                    self.save(f"{name}-{width}-{scheme}")
            self.page.open(category=category)
            self.browser.click("#facets-open")
            until(lambda: self.browser.run("return document.querySelector('#facets').getBoundingClientRect().left === 0;"), "the open drawer")
            self.save(f"drawer-{PHONE[0]}-{scheme}")
