#!/usr/bin/env python3
"""The search page in a real headless Chromium against a running aisle with the demo catalogue.

    page_test.py --base-url http://127.0.0.1:8080 [--path /] [--screenshots DIR] [names of tests]

Nothing of the catalogue is written down here: brands, categories and totals are asked of the API, then looked for on
the page. Each test ends by reading the console: an error or a violation of the content policy fails it.
"""

import argparse
import os
import sys
import unittest

import layout_test
import modules_test
import narrowing_test
import resilience_test
import searching_test
from page_case import PageCase


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base-url", required=True, help="a running aisle with the demo catalogue")
    parser.add_argument("--path", default="/", help="where it serves the search page (default: %(default)s)")
    parser.add_argument("--screenshots", help="a directory to save pictures of the page in")
    parser.add_argument("--seed", type=int, default=None, help="seed of the randomised tests; printed when not given")
    parser.add_argument("names", nargs="*", help="only tests whose name contains one of these")
    return parser.parse_args()


def chosen_tests(names):
    suite = unittest.TestSuite()
    for module in (modules_test, searching_test, narrowing_test, resilience_test, layout_test):
        for group in unittest.defaultTestLoader.loadTestsFromModule(module):
            suite.addTests(test for test in group if not names or any(name in test.id() for name in names))
    return suite


def main():
    arguments = read_arguments()
    PageCase.configure(arguments.base_url.rstrip("/"), arguments.path, arguments.screenshots, arguments.seed)
    if arguments.screenshots:
        os.makedirs(arguments.screenshots, exist_ok=True)
    suite = chosen_tests(arguments.names)
    if suite.countTestCases() == 0:
        sys.exit("no test has such a name")
    try:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    finally:
        PageCase.release()
    sys.exit(not result.wasSuccessful())


if __name__ == "__main__":
    main()
