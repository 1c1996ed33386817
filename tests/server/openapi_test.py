#!/usr/bin/env python3
"""docs/openapi.json against the sources and against the answers of the binary.

    openapi_test.py BINARY

Routes and parameters are read out of server/service.cc, server/admin and server/search_wire.cc; a small catalogue is imported and
searched, and the answers are validated. Exit code 77: python3-jsonschema is not installed.
"""

import json
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: python3-jsonschema with draft 2020-12 is not installed")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = {(method.upper(), path): operation
              for path, methods in DOCUMENT["paths"].items() for method, operation in methods.items()}
BINARY = sys.argv.pop(1) if len(sys.argv) > 1 else None

SCHEMA = {"index": "products", "fields": {
    "title": {"type": "text", "search": True},
    "ean": {"type": "code", "search": True},
    "brand": {"type": "keyword", "search": True, "facet": True},
    "category": {"type": "hierarchy", "facet": True},
    "price": {"type": "decimal", "facet": True, "volatile": True},
    "added": {"type": "date", "facet": True},
    "new": {"type": "bool", "facet": True}}}
PRODUCTS = [
    {"id": "p1", "title": "Steel kettle", "brand": "Nordal", "category": "Home > Kitchen", "price": 34.9, "ean": "4006381333931",
     "added": "2024-01-31", "new": True},
    {"id": "p2", "title": "Kettle descaler", "brand": "Velo", "category": "Home > Care", "price": 5},
    {"id": "p3", "title": "Cast iron pan", "new": False}]


def source(name):
    return (ROOT / "server" / name).read_text(encoding="utf-8")


class Document(unittest.TestCase):
    def test_it_has_every_route_and_no_other(self):
        texts = [source("service.cc")] + [f.read_text(encoding="utf-8") for f in (ROOT / "server/admin").glob("*.cc")]
        routes = {route for text in texts for route in re.findall(r'route\("([A-Z]+)", "([^"]+)"', text)}
        self.assertGreater(len(routes), 5)
        self.assertEqual(routes, set(OPERATIONS))

    def test_it_has_every_search_parameter_and_no_other(self):
        table = source("search_wire.cc").split("parameters = {{", 1)[1].split("}};", 1)[0]
        names = re.findall(r'"(\w+)"', table)
        path = "/v1/indexes/{index}/search"
        query = [p["name"] for p in OPERATIONS["GET", path]["parameters"] if p["in"] == "query"]
        body = DOCUMENT["components"]["schemas"]["SearchRequest"]["properties"]
        self.assertEqual(sorted(names), sorted(query))
        self.assertEqual(sorted(names), sorted(body))

    def test_it_has_every_parameter_of_suggestions_and_no_other(self):
        table = source("suggest_wire.cc").split("to_array<Parameter>({", 1)[1].split("});", 1)[0]
        names = re.findall(r'"(\w+)"', table)
        query = [p["name"] for p in OPERATIONS["GET", "/v1/indexes/{index}/suggest"]["parameters"] if p["in"] == "query"]
        self.assertEqual(sorted(names), sorted(query))

    def test_its_schemas_are_schemas_and_its_references_lead_somewhere(self):
        for schema in DOCUMENT["components"]["schemas"].values():
            Draft202012Validator.check_schema(schema)
        for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(DOCUMENT)):
            found = DOCUMENT
            for step in reference.split("/"):
                self.assertIn(step, found, reference)
                found = found[step]


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        folder = Path(cls.folder.name)
        (folder / "schema.json").write_text(json.dumps(SCHEMA))
        (folder / "products.jsonl").write_text("".join(json.dumps(product) + "\n" for product in PRODUCTS))
        cls.place = ["--schema", str(folder / "schema.json"), "--data", str(folder / "data")]
        cls.run_binary("import", *cls.place, str(folder / "products.jsonl"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @staticmethod
    def run_binary(*arguments):
        done = subprocess.run([BINARY, *arguments], check=True, capture_output=True, text=True)
        return done.stdout

    def answer(self, *arguments):
        answer = json.loads(self.run_binary("search", *self.place, "--json", *arguments))
        schema = {"$ref": "#/components/schemas/SearchAnswer", "components": DOCUMENT["components"]}
        for error in Draft202012Validator(schema).iter_errors(answer):
            self.fail(f"{error.json_path}: {error.message}")
        return answer

    def test_a_plain_search(self):
        self.assertEqual(self.answer("kettle")["total"], 2)

    def test_all_kinds_of_facets_filters_and_explanations(self):
        answer = self.answer("kettle", "--facets", "brand,category,price,added,new", "--explain",
                             "--filter", 'category = "Home > Kitchen"')
        self.assertEqual([hit["id"] for hit in answer["hits"]], ["p1"])
        self.assertEqual(len(answer["facets"]), 5)

    def test_typos_dropped_and_ignored_words_and_a_cut_query(self):
        self.assertEqual(self.answer("ketlte")["typos"], 1)
        self.assertEqual(self.answer("kettle zzyzx")["relaxed"], {"dropped": ["zzyzx"]})
        self.assertEqual(self.answer("a b c d e f g h i j kettle")["ignored_words"], ["kettle"])
        self.assertTrue(self.answer("kettle " * 100)["truncated"])

    def test_phrases_exclusions_and_another_spelling(self):
        answer = self.answer('"steel kettle" -pan')
        self.assertEqual((answer["phrases"], answer["excluded"]), (["steel kettle"], ["pan"]))
        self.assertEqual(self.answer("ketlte")["did_you_mean"], {"q": "kettle", "total": 2})

    def test_a_code_found_unknown_and_wrong(self):
        for code, status in (("4006381333931", "found"), ("4012345678901", "unknown"), ("4006381333932", "wrong_check_digit")):
            self.assertEqual(self.answer(code, "--explain")["code"]["status"], status)

    def test_facets_without_a_product(self):
        self.assertEqual(self.answer("zzyzx", "--facets", "brand,price,added")["total"], 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
