"""The two sides a test compares: what the API says, and what the page shows."""

import json
import re
import urllib.parse
import urllib.request

from browser import until

PAGE_SIZE = 24


class Api:
    """The search API itself, asked without the page."""

    def __init__(self, base_url):
        self.base_url = base_url

    def _get(self, path):
        with urllib.request.urlopen(self.base_url + path, timeout=10) as response:
            return json.load(response)

    def search(self, **parameters):
        parameters.setdefault("per_page", PAGE_SIZE)
        return self._get("/v1/indexes/products/search?" + urllib.parse.urlencode(parameters))

    def suggest(self, **parameters):
        return self._get("/v1/indexes/products/suggest?" + urllib.parse.urlencode(parameters))

    def total(self, **parameters):
        return self.search(**parameters)["total"]

    def values(self, field, **parameters):
        """[(value, count)] of a facet, most frequent first."""
        answer = self.search(facets=field, **parameters)
        return [(entry["value"], entry["count"]) for entry in answer["facets"][field]["values"]]

    def plain_brand(self):
        """The most frequent brand that is one word of at least six letters, so that a typo in it can be forgiven."""
        for value, _ in self.values("brand"):
            if re.fullmatch(r"[A-Za-z]{6,}", value):
                return value
        raise AssertionError("the catalogue has no brand of one plain word with six letters")


def with_typo(word):
    """Two neighbouring inner letters that differ, swapped."""
    for at in range(2, len(word) - 1):
        if word[at] != word[at + 1]:
            return word[:at] + word[at + 1] + word[at] + word[at + 2:]
    raise AssertionError(f"no two letters of {word} can be swapped")


def number(text):
    found = re.search(r"[\d,]+", text)
    return int(found.group().replace(",", "")) if found else None


class Page:
    """The search page in a browser, read and used as a shopper would."""

    def __init__(self, browser, base_url, path):
        self.browser = browser
        self.address = base_url + path

    def open(self, **state):
        query = urllib.parse.urlencode(state, doseq=True)
        self.browser.open(self.address + (f"?{query}" if query else ""))
        until(self.is_settled, "the first answer on the page")

    def is_settled(self):
        return self.browser.run("""return document.querySelector("#hits .skeleton") === null &&
            document.querySelector("#total")?.textContent.trim() !== "";""")

    def text(self, selector):
        return self.browser.run("return document.querySelector(arguments[0])?.textContent.trim() ?? null;", selector)

    def texts(self, selector):
        return self.browser.run("return [...document.querySelectorAll(arguments[0])].map((node) => node.textContent.trim());", selector)

    def is_visible(self, selector):
        return self.browser.run("""const node = document.querySelector(arguments[0]);
            return node !== null && node.checkVisibility({visibilityProperty: true});""", selector)

    def ids(self):
        return self.browser.run("""return [...document.querySelectorAll("#hits .hit-link")].map((link) => link.dataset.id);""")

    def total(self):
        return number(self.text("#total") or "")

    def prices(self):
        return [float(re.sub(r"[^\d.]", "", text)) for text in self.texts("#hits .price-now")]

    def state(self):
        """The address's parameters: {name: [values]}."""
        return urllib.parse.parse_qs(urllib.parse.urlsplit(self.browser.url()).query)

    def focused(self):
        return self.browser.run("""const at = document.activeElement;
            return at.dataset.id ?? at.id ?? at.tagName;""")

    def await_total(self, total):
        until(lambda: self.total() == total, lambda: f"a total of {total}; the page says {self.text('#total')!r}")

    def await_ids(self, ids):
        until(lambda: self.ids() == ids, lambda: f"the hits {ids}; the page shows {self.ids()}")

    def await_state(self, name, values):
        until(lambda: self.state().get(name, []) == values, lambda: f"{name} = {values} in the address {self.browser.url()}")

    def search_for(self, text):
        self.browser.type_into("#box", text)

    def facet_count(self, field, value):
        return self.browser.run("""const box = document.querySelector(`[data-facet=${arguments[0]}] input[data-value=${CSS.escape(arguments[1])}]`);
            return Number(box.closest("label").querySelector(".count").textContent.replaceAll(",", ""));""", field, value)

    def facet_values(self, field):
        return self.browser.run("""return [...document.querySelectorAll(`[data-facet=${arguments[0]}] input`)].map((box) => box.dataset.value);""", field)

    def choose(self, field, value):
        self.browser.click(f'[data-facet={field}] input[data-value={json.dumps(value)}]')

    def tree(self):
        """[(value, count)] of the links below the shopper's place in the category tree."""
        return self.browser.run("""return [...document.querySelectorAll("[data-facet=category] .branch:not(.back):not(.current)")]
            .map((link) => [link.dataset.value, Number(link.querySelector(".count").textContent.replaceAll(",", ""))]);""")

    def enter_category(self, value):
        self.browser.click(f'[data-facet=category] a[data-value={json.dumps(value)}]')

    def content_width(self):
        """Pixels the content needs; more than the window's width means scrolling sideways."""
        return self.browser.run("return Math.max(document.scrollingElement.scrollWidth, document.body.scrollWidth);")
