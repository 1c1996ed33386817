"""Nothing found, something refused, nobody there, and answers that come in the wrong order."""

from browser import until
from page_case import PageCase

# Keeps back the first answer to a search with `held` in it until window.release() is called, deaf to cancellation:
# what a slow network does.
HOLD_ANSWER = """
const held = arguments[0];
const ask = window.fetch;
let waiting = false;
window.fetch = (address, options = {}) => {
  const {pathname, searchParams} = new URL(address, location.href);
  if (waiting || !pathname.endsWith("/search") || searchParams.get("q") !== held) return ask(address, options);
  waiting = true;
  const answer = ask(address, {...options, signal: undefined});
  return new Promise((resolve) => { window.release = () => { window.released = answer.then(resolve); }; });
};"""


class Resilience(PageCase):
    def test_nothing_found_is_said_and_filters_can_be_removed(self):
        brand, _ = self.api.values("brand")[0]
        nonsense = "qqxzzjvw"
        self.assertEqual(0, self.api.total(q=nonsense))
        self.page.open(q=nonsense, brand=brand)
        self.assertTrue(self.page.is_visible("#message"))
        self.assertIn(nonsense, self.page.text("#message h2"))
        self.assertIn("filters", self.page.text("#message"))
        self.assertEqual([], self.page.ids())
        self.save("empty")
        self.browser.click("#message .button.primary")
        self.page.await_state("brand", [])
        until(lambda: self.page.text("#message .button") == "Clear the words", "only the words left to clear")
        self.browser.click("#message .button")
        self.page.await_total(self.api.total(q=""))
        self.assertFalse(self.page.is_visible("#message"))

    def test_a_broken_filter_is_explained_and_can_be_removed(self):
        self.refused = True
        self.page.open(filter='brand = = "x')
        until(lambda: self.page.is_visible("#message.failed"), "the error state")
        self.assertIn("status 400", self.page.text(".message-detail"))
        self.assertRegex(self.page.text(".message-detail"), r"request [A-Za-z0-9._-]+")
        self.assertGreater(len(self.page.text(".message-text")), 10)
        self.save("refused")
        self.browser.click("#chips .chip")
        self.page.await_total(self.api.total(q=""))
        self.assertFalse(self.page.is_visible("#message"))

    def test_a_lost_network_is_told_and_its_return_recovers(self):
        self.refused = True
        brand = self.api.plain_brand()
        self.page.open()
        self.browser.set_offline(True)
        self.page.search_for(brand)
        until(lambda: self.page.is_visible("#message.failed"), "the error state")
        self.assertIn("cannot be reached", self.page.text(".message-text"))
        self.save("offline")
        self.browser.set_offline(False)
        self.page.await_total(self.api.total(q=brand))
        self.assertFalse(self.page.is_visible("#message"))

    def test_retry_asks_the_same_again(self):
        brand = self.api.plain_brand()
        self.page.open()
        self.browser.run("""const ask = window.fetch;
            window.fetch = () => { window.fetch = ask; return Promise.reject(new TypeError("cut off")); };
            const box = document.querySelector("#box"); box.value = arguments[0]; box.dispatchEvent(new Event("input"));""", brand)
        until(lambda: self.page.is_visible("#retry"), "the retry button")
        self.browser.click("#retry")
        self.page.await_total(self.api.total(q=brand))
        self.assertFalse(self.page.is_visible("#message"))

    def test_a_late_answer_never_replaces_a_newer_one(self):
        brands = [value for value, _ in self.api.values("brand")[:2]]
        late, newer = brands
        self.page.open()
        self.browser.run(HOLD_ANSWER, late)
        self.browser.run("""const box = document.querySelector("#box"); box.value = arguments[0]; box.dispatchEvent(new Event("input"));""", late)
        until(lambda: self.browser.run("return window.release !== undefined;"), "the question that is held back")
        self.browser.run("""const box = document.querySelector("#box"); box.value = arguments[0]; box.dispatchEvent(new Event("input"));""", newer)
        expected = self.api.search(q=newer)
        self.page.await_ids([hit["id"] for hit in expected["hits"]])
        self.browser.run("window.release(); return window.released.then(() => new Promise((resolve) => setTimeout(resolve)));")
        self.assertEqual([hit["id"] for hit in expected["hits"]], self.page.ids())
        self.assertIn(newer, self.page.text("#total"))

    def test_quick_typing_asks_less_often_than_it_types(self):
        self.page.open()
        self.browser.run("""window.asked = 0; const ask = window.fetch;
            window.fetch = (...all) => { ++window.asked; return ask(...all); };""")
        word = self.api.plain_brand()
        self.browser.run("""const box = document.querySelector("#box");
            for (let at = 1; at <= arguments[0].length; ++at) { box.value = arguments[0].slice(0, at); box.dispatchEvent(new Event("input")); }""", word)
        self.page.await_total(self.api.total(q=word))
        self.assertEqual(1, self.browser.run("return window.asked;"))

    def test_a_slow_answer_keeps_the_hits_and_shows_that_it_works(self):
        brand = self.api.plain_brand()
        self.page.open()
        before = self.page.ids()
        self.browser.run(HOLD_ANSWER, brand)
        self.page.search_for(brand)
        until(lambda: self.page.is_visible("#progress.on"), "the progress bar")
        self.assertEqual(before, self.page.ids())
        self.browser.run("window.release();")
        self.page.await_total(self.api.total(q=brand))
        until(lambda: not self.page.is_visible("#progress.on"), "the end of the progress bar")
