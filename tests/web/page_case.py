"""What all tests of the page share: one browser, and the look at its console after each test."""

import os
import random
import unittest

from browser import Browser
from shop import Api, Page

DESKTOP = (1280, 900)
PHONE = (390, 844)

# Counts violations of the content policy from the first moment of each document on.
WATCH_POLICY = """window.policyViolations = [];
document.addEventListener("securitypolicyviolation", (event) => window.policyViolations.push(event.violatedDirective + " " + event.blockedURI));"""


class PageCase(unittest.TestCase):
    """A test with self.api, self.page and self.browser. `refused` in a test allows the console to name failed requests."""

    base_url = path = screenshots = seed = None
    browser = None

    @classmethod
    def configure(cls, base_url, path, screenshots, seed):
        PageCase.base_url, PageCase.path, PageCase.screenshots = base_url, path, screenshots
        PageCase.seed = random.randrange(2**32) if seed is None else seed

    @classmethod
    def release(cls):
        if PageCase.browser is not None:
            PageCase.browser.close()
            PageCase.browser = None

    @classmethod
    def setUpClass(cls):
        if PageCase.browser is None:
            PageCase.browser = Browser()
            PageCase.browser.cdp("Page.addScriptToEvaluateOnNewDocument", source=WATCH_POLICY)

    def setUp(self):
        self.refused = False
        self.api = Api(self.base_url)
        self.page = Page(self.browser, self.base_url, self.path)
        self.browser.set_width(*DESKTOP)
        self.browser.set_scheme("light")
        self.browser.console()

    def tearDown(self):
        self.browser.set_offline(False)
        messages = [entry["message"] for entry in self.browser.console() if entry["level"] in ("SEVERE", "WARNING")]
        if self.refused:
            messages = [message for message in messages if "Failed to load resource" not in message]
        self.assertEqual([], messages, "the console is not clean")
        self.assertEqual([], self.browser.run("return window.policyViolations ?? [];"), "the content policy was violated")

    def save(self, name):
        if self.screenshots:
            self.browser.screenshot(os.path.join(self.screenshots, name + ".png"))

    def element_focus_is(self, selector):
        return self.browser.run("return document.activeElement.matches(arguments[0]);", selector)
