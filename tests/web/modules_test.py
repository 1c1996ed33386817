"""The pure modules of the page, called in the browser: foreign text, filters, the address."""

import random

from page_case import PageCase

ALPHABET = ["a", "B", "7", " ", '"', "\\", "'", "&", "<", ">", "=", "?", "#", "+", "%", "é", "ß", "鍋", "😀", "\u202e", "(", ")", ","]


class Modules(PageCase):
    def call(self, module, body, *arguments):
        """Runs `body` with the module as `m` and the arguments as `given`."""
        return self.browser.run(f"""const given = [...arguments];
            return import(new URL("{module}", document.baseURI)).then((m) => {{ {body} }});""", *arguments)

    def test_a_highlight_is_text_and_marks_and_never_markup(self):
        self.page.open()
        body = "const node = document.createElement('div'); node.append(m.highlighted(given[0])); return [node.innerHTML, node.textContent, node.querySelectorAll('*').length];"
        cases = {
            "<em>Steel</em> kettle": ("<mark>Steel</mark> kettle", "Steel kettle", 1),
            "a &amp; b &lt;em&gt; &quot;c&#39;s&quot; &#x1F600;": ("a &amp; b &lt;em&gt; \"c's\" \U0001f600", "a & b <em> \"c's\" \U0001f600", 0),
            "<img src=x onerror=alert(1)>": ("&lt;img src=x onerror=alert(1)&gt;", "<img src=x onerror=alert(1)>", 0),
            "<em>&lt;script&gt;1&lt;/script&gt;</em>": ("<mark>&lt;script&gt;1&lt;/script&gt;</mark>", "<script>1</script>", 1),
            "&amp;lt;b&amp;gt;": ("&amp;lt;b&amp;gt;", "&lt;b&gt;", 0),
            "<em>never closed": ("<mark>never closed</mark>", "never closed", 1),
            "</em>never opened &nothing; &#0; &#x110000;": ("never opened &amp;nothing; &amp;#0; &amp;#x110000;", "never opened &nothing; &#0; &#x110000;", 0),
        }
        for text, expected in cases.items():
            self.assertEqual(list(expected), self.call("highlight.js", body, text), text)

    def test_a_filter_quotes_what_the_grammar_needs_quoted(self):
        self.page.open()
        state = {"brand": ['A"B', "C\\D"], "colour": ["Red"], "size": [], "language": [], "category": "X > Y", "priceMin": 10,
                 "priceMax": None, "inStock": True, "rating": 4, "filter": "stock < 3 OR stock > 9"}
        expected = r'brand IN ("A\"B","C\\D") AND colour = "Red" AND category = "X > Y" AND price >= 10 AND in_stock = true AND rating >= 4 AND (stock < 3 OR stock > 9)'
        self.assertEqual(expected, self.call("filter.js", "return m.filterExpression(given[0]);", state))

    def test_any_state_survives_the_address(self):
        print(f"seed {self.seed}", end=" ", flush=True)
        chance = random.Random(self.seed)
        word = lambda: "".join(chance.choices(ALPHABET, k=chance.randrange(1, 9)))
        words = lambda: list(dict.fromkeys(word() for _ in range(chance.randrange(4))))
        maybe = lambda make: make() if chance.random() < 0.5 else None
        states = [{"q": maybe(word) or "", "brand": words(), "colour": words(), "size": words(), "language": words(),
                   "category": maybe(word) or "", "priceMin": maybe(lambda: chance.randrange(1000) / 4),
                   "priceMax": maybe(lambda: chance.randrange(1000)), "inStock": chance.random() < 0.5,
                   "rating": maybe(lambda: chance.randrange(1, 5)), "filter": maybe(word) or "",
                   "sort": chance.choice(["", "price:asc", "released:desc"]), "page": chance.randrange(1, 42), "product": maybe(word) or ""}
                  for _ in range(300)]
        self.page.open()
        back = self.call("state.js", "return given[0].map((state) => m.parseState(m.formatState(state)));", states)
        self.assertEqual(states, back)

    def test_nonsense_in_the_address_becomes_the_usual(self):
        self.page.open()
        body = "return [m.formatState(m.parseState(given[0])), m.parseState(given[0]).page];"
        self.assertEqual(["", 1], self.call("state.js", body, "?page=-3&price_min=abc&price_max=-1&sort=evil:asc&in_stock=yes&rating=NaN"))
        self.assertEqual(["?page=41", 41], self.call("state.js", body, "?page=99999999"))
        many = "?" + "&".join(f"brand={at}" for at in range(100))
        self.assertEqual(64, self.call("state.js", "return m.parseState(given[0]).brand.length;", many))

    def test_page_numbers_keep_the_ends_and_the_neighbours(self):
        self.page.open()
        body = "return m.pageNumbers(given[0], given[1]);"
        self.assertEqual([1, 2, 3], self.call("paging.js", body, 2, 3))
        self.assertEqual([1, 2, 3, 4, None, 41], self.call("paging.js", body, 1, 41))
        self.assertEqual([1, None, 19, 20, 21, None, 41], self.call("paging.js", body, 20, 41))
        self.assertEqual([1, None, 38, 39, 40, 41], self.call("paging.js", body, 41, 41))

    def test_sizes_stand_in_the_order_of_a_shelf(self):
        self.page.open()
        given = ["42", "XL", "One size", "S", "38", "M", "9.5", "XS"]
        self.assertEqual(["XS", "S", "M", "XL", "9.5", "38", "42", "One size"], self.call("size_order.js", "return given[0].sort(m.compareSizes);", given))

    def test_slider_steps_and_prices_belong_together(self):
        self.page.open()
        body = "return [m.priceAt(0, given[0]), m.priceAt(200, given[0]), m.stepOf(m.priceAt(120, given[0]), given[0]), m.stepOf(5, {min: 5, max: 5})];"
        low, high, step, flat = self.call("price_facet.js", body, {"min": 1.49, "max": 1260.99})
        self.assertEqual((1.5, 1300, 0), (low, high, flat))
        self.assertAlmostEqual(120, step, delta=3)
