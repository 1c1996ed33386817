#!/usr/bin/env python3
"""What documents promise against what the sources say: links, configuration keys, metrics, parameters."""

import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("base", "analyzers", "schemas", "indexer", "query", "server")


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def documents():
    found = [*ROOT.glob("*.md")]
    for folder in ("data", "deploy", "docs", "web"):
        found += (ROOT / folder).rglob("*.md")
    return found


def anchors(document):
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


class Documents(unittest.TestCase):
    def test_every_link_leads_to_a_file_and_a_heading_that_exist(self):
        self.assertGreater(len(documents()), 10)
        for document in documents():
            for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8")):
                if target.startswith(("http:", "https:")):
                    continue
                path, _, anchor = target.partition("#")
                file = document.parent / path if path else document
                where = f"{document.relative_to(ROOT)} links to {target}"
                self.assertTrue(file.exists(), where)
                if anchor:
                    self.assertIn(anchor, anchors(file), where)

    def test_every_configuration_key_is_described(self):
        described = text("docs/configuration.md")
        source = text("server/service_config.cc")
        keys = {key for listed in re.findall(r"allow_only\(\s*\{(.*?)\}", source, re.S)
                for key in re.findall(r'"([^"]+)"', listed)}
        self.assertGreater(len(keys), 20)
        for key in sorted(keys):
            found = re.search(rf"`(\w+(\[\])?\.)*{re.escape(key)}[`.\[]", described)
            self.assertIsNotNone(found, f"{key} is not described")

    def test_every_command_and_flag_is_described(self):
        described = text("docs/configuration.md")
        source = text("server/main.cc")
        names = [f"aisle {name}" for name in re.findall(r'add_subcommand\("(\w+)"', source)]
        names += re.findall(r'add_(?:option|flag)\("(--[\w-]+)"', source)
        self.assertGreater(len(names), 15)
        for name in names:
            self.assertRegex(described, rf"`{name}[ `]", f"{name} is not described")

    def test_limits_have_the_defaults_of_the_sources(self):
        described = text("docs/configuration.md")
        limits = re.findall(r"(\w+_max) = ([\d' *]+);", text("query/limits.h"))
        self.assertGreater(len(limits), 10)
        for name, value in limits:
            row = re.search(rf"^\| `{name}` \| ([\d,]+) \|", described, re.M)
            if name == "highlight_bytes_max":
                continue  # not configurable
            self.assertIsNotNone(row, f"{name} is not described")
            self.assertEqual(int(row[1].replace(",", "")), int(value.replace("'", "")), name)

    def test_every_metric_is_described(self):
        described = "".join(text(f"docs/{name}.md") for name in ("operations", "postgres", "http"))
        found = set()
        for folder in PRODUCT:
            for file in (ROOT / folder).rglob("*.cc"):
                found |= set(re.findall(r'"aisle_([a-z_]+[a-z])"', file.read_text(encoding="utf-8")))
        self.assertGreater(len(found), 10)
        for name in sorted(found):
            short = re.sub("^http_", "", name)
            self.assertTrue(f"aisle_{name}" in described or f"`{short}" in described, f"aisle_{name} is not described")

    def test_decisions_are_numbered_without_gaps_and_named_after_their_number(self):
        pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
        for number, page in enumerate(pages, 1):
            self.assertTrue(page.name.startswith(f"{number:03}-"), page.name)
            self.assertTrue(page.read_text(encoding="utf-8").startswith(f"# {number:03}: "), page.name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
