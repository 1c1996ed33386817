#!/usr/bin/env python3
"""The sample shop of data/demo: its promises, and that PostgreSQL and the JSON records tell the same.

Starts a PostgreSQL of its own in a temporary folder and stops it. Where PostgreSQL is not installed, the cases that
need it are skipped and say so. Run by ctest, or by hand: tests/data/demo_test.py
"""

import json
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from decimal import Decimal
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "data" / "demo"
sys.dont_write_bytecode = True
sys.path.insert(0, str(DEMO))

import catalogue  # noqa: E402
import generate  # noqa: E402
import judge  # noqa: E402

CHUNK = 2000  # ids asked for at once, as an indexer does
LANGUAGES = {"en", "de", "fr", "es", "zh", "ja"}
MAY_BE_ABSENT = {"model", "rating"}  # groceries and books, among others, have no model, unreviewed products no rating
MAY_BE_EMPTY = {"colour", "size", "material"}
SCHEMA = json.loads((DEMO / "products.json").read_text(encoding="utf-8"))
SOURCE = SCHEMA["source"]
PRODUCTS = catalogue.build()


def find_postgres():
    """The folder of initdb and pg_ctl, or None."""
    folders = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = shutil.which("initdb", path=os.pathsep.join([os.environ.get("PATH", "")] + folders))
    return Path(found).parent if found and shutil.which("psql") else None


class Postgres:
    """A private server: a temporary folder, a unix socket in it, no TCP. PostgreSQL refuses to run as root, so root
    lends it to the user postgres."""

    def __init__(self, programs):
        self.programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="aisle-demo-"))
        self.as_server = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self.as_server = ["runuser", "-u", "postgres", "--"]
        data = self.folder / "data"
        self.run(["initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self.run(["pg_ctl", "-D", data, "-w", "-l", self.folder / "log", "-o", options, "start"])

    def run(self, command):
        command = self.as_server + [str(self.programs / command[0])] + [str(part) for part in command[1:]]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)

    def psql(self, *arguments, sql=None):
        command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "postgres", "postgres"]
        done = subprocess.run([str(part) for part in command + list(arguments)], input=sql, capture_output=True,
                              encoding="utf-8")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.splitlines()

    def stop(self):
        self.run(["pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])
        shutil.rmtree(self.folder)


def array_of(ids):
    return "'{" + ",".join(str(number) for number in ids) + "}'"


def prepared(query):
    """The query as an indexer runs it: parameter $1 is text[], a row comes back as JSON."""
    return f"PREPARE wanted (text[]) AS SELECT row_to_json(d)::text FROM ({query}) d;\n"


def parsed(line):
    return json.loads(line, parse_float=Decimal)


def written(record):
    """The record after a trip through JSON, numbers exact."""
    return parsed(json.dumps(record, ensure_ascii=False))


class CatalogueTest(unittest.TestCase):
    """What the generator promises by itself."""

    @classmethod
    def setUpClass(cls):
        cls.records = [generate.record_of(product) for product in PRODUCTS]

    def test_it_has_at_least_6000_products_in_8_departments(self):
        self.assertGreaterEqual(len(self.records), 6000)
        departments = {record["category"].split(" > ")[0] for record in self.records}
        self.assertEqual(departments, {"Electronics", "Clothing", "Groceries", "Tools", "Toys", "Books", "Home", "Beauty"})

    def test_every_department_has_12_brands_or_more(self):
        brands = {}
        for product in PRODUCTS:
            brands.setdefault(product.category[0], set()).add(product.brand)
        self.assertGreaterEqual(min(len(names) for names in brands.values()), 12)

    def test_categories_have_three_levels(self):
        self.assertEqual({len(product.category) for product in PRODUCTS}, {3})

    def test_other_languages_have_60_products_each_and_300_together(self):
        counts = {language: sum(r["language"] == language for r in self.records) for language in LANGUAGES}
        self.assertEqual(sum(counts.values()), len(self.records))
        del counts["en"]
        self.assertGreaterEqual(min(counts.values()), 60)
        self.assertGreaterEqual(sum(counts.values()), 300)

    def test_eans_are_unique_in_store_numbers_with_valid_check_digits(self):
        eans = [record["ean"] for record in self.records]
        self.assertEqual(len(set(eans)), len(eans))
        for ean in eans:
            self.assertRegex(ean, "^2[0-9]{12}$")
            weighted = sum(int(digit) * weight for digit, weight in zip(ean, (1, 3) * 7))
            self.assertEqual(weighted % 10, 0, ean)

    def test_titles_ids_models_and_skus_are_unique(self):
        for values in ([r["title"].lower() for r in self.records], [r["id"] for r in self.records],
                       [r["model"].lower() for r in self.records if r["model"]],
                       [variant.sku for product in PRODUCTS for variant in product.variants]):
            self.assertEqual(len(set(values)), len(values))

    def test_no_field_is_empty_and_no_template_shows_through(self):
        for record in self.records:
            for name, value in record.items():
                if value is None:
                    self.assertIn(name, MAY_BE_ABSENT, record["id"])
                elif value in ("", []):
                    self.assertIn(name, MAY_BE_EMPTY, record["id"])
            text = record["title"] + record["description"]
            self.assertIsNone(re.search(r"[\[\]{}|]|  ", text), text)

    def test_prices_end_in_99_or_49_and_are_not_above_the_list_price(self):
        for product in PRODUCTS:
            self.assertIn(product.price_cents % 100, (49, 99))
            self.assertLessEqual(product.price_cents, product.list_price_cents)

    def test_ratings_are_the_average_of_the_reviews(self):
        for product, record in zip(PRODUCTS, self.records):
            self.assertEqual(record["review_count"], len(product.reviews))
            if product.reviews:
                average = sum(review.rating for review in product.reviews) / len(product.reviews)
                self.assertLessEqual(abs(record["rating"] - average), 0.05 + 1e-9)

    def test_descriptions_have_two_to_four_sentences(self):
        for record in self.records:
            ends = len(re.findall(r"[.!?](?= [A-ZÉÀ0-9¡¿Ä-Ü]|$)|[。！？]", record["description"]))
            self.assertTrue(2 <= ends <= 4, record["description"])

    def test_the_same_lists_give_the_same_catalogue(self):
        self.assertEqual([generate.record_of(product) for product in catalogue.build()], self.records)


class SchemaFilesTest(unittest.TestCase):
    def test_both_schemas_have_the_same_fields(self):
        from_file = json.loads((DEMO / "products-file.json").read_text(encoding="utf-8"))
        self.assertEqual(from_file.pop("source"), {"type": "file", "path": "products.jsonl"})
        self.assertEqual(from_file, {name: value for name, value in SCHEMA.items() if name != "source"})

    def test_the_schema_names_exactly_the_fields_of_a_record(self):
        self.assertEqual(set(SCHEMA["fields"]) | {SCHEMA["id"]}, set(generate.record_of(PRODUCTS[0])))


class JudgmentsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        lines = (DEMO / "judgments.tsv").read_text(encoding="utf-8").splitlines()
        cls.rows = [line.split("\t") for line in lines]

    def test_the_file_is_what_the_rules_give(self):
        self.assertEqual(self.rows, [[query, str(number), str(grade)] for query, number, grade in judge.judgments(PRODUCTS)])

    def test_60_queries_or_more_have_a_fully_relevant_product(self):
        best = {}
        for query, _, grade in self.rows:
            best[query] = max(best.get(query, 0), int(grade))
        self.assertGreaterEqual(len(best), 60)
        self.assertEqual({query for query, grade in best.items() if grade < 3}, set())

    def test_judged_products_exist_and_are_judged_once_a_query(self):
        ids = {str(product.id) for product in PRODUCTS}
        pairs = [(query, number) for query, number, _ in self.rows]
        self.assertEqual(len(set(pairs)), len(pairs))
        self.assertLessEqual({number for _, number in pairs}, ids)


class DatabaseTest(unittest.TestCase):
    """The tables, and the queries of products.json over them."""

    @classmethod
    def setUpClass(cls):
        programs = find_postgres()
        if programs is None:
            raise unittest.SkipTest("PostgreSQL is not installed: the sample database is not tested")
        cls.server = Postgres(programs)
        cls.addClassCleanup(cls.server.stop)
        with tempfile.TemporaryDirectory() as folder:
            generate.write_sql(PRODUCTS, Path(folder))
            cls.server.psql("-f", DEMO / "shop.sql")
            cls.server.psql("-v", f"dir={folder}", "-f", DEMO / "load.sql")
        cls.ids = [product.id for product in PRODUCTS]
        cls.records = [written(generate.record_of(product)) for product in PRODUCTS]

    def rows_of(self, query, ids):
        return [parsed(line) for line in self.server.psql(sql=f"{prepared(query)}EXECUTE wanted ({array_of(ids)});")]

    def test_the_document_query_returns_the_records(self):
        chunks = [self.ids[start : start + CHUNK] for start in range(0, len(self.ids), CHUNK)]
        script = prepared(SOURCE["document_query"])
        script += "".join(f"EXECUTE wanted ({array_of(chunk)});\n" for chunk in chunks)
        begin = time.monotonic()
        lines = self.server.psql(sql=script)
        seconds = time.monotonic() - begin
        print(f"document query: {len(lines) / seconds:.0f} products/s in chunks of {CHUNK}", file=sys.stderr)
        rows = sorted((parsed(line) for line in lines), key=lambda row: row["id"])
        self.assertEqual(len(rows), len(self.records))
        for row, record in zip(rows, self.records):
            self.assertEqual(row, record)
            self.assertEqual(list(row), list(record))

    def test_the_document_query_reads_the_big_tables_by_index(self):
        for query in (SOURCE["document_query"], SOURCE["volatile_query"]):
            plan = "\n".join(self.server.psql(
                sql=f"{prepared(query)}EXPLAIN EXECUTE wanted ({array_of(self.ids[::80])});"))
            for table in ("products", "variants", "prices", "inventory", "reviews"):
                self.assertNotRegex(plan, rf"Seq Scan on {table}\b", plan)

    def test_the_volatile_query_returns_the_volatile_fields(self):
        names = {"id"} | {name for name, field in SCHEMA["fields"].items() if field.get("volatile")}
        rows = self.rows_of(SOURCE["volatile_query"], self.ids)
        expected = [{name: record[name] for name in names} for record in self.records]
        self.assertEqual(sorted(rows, key=lambda row: row["id"]), expected)

    def test_unknown_ids_return_no_row(self):
        self.assertEqual(self.rows_of(SOURCE["document_query"], [1, 2]), [])

    def path_ids(self, table, key):
        query = next(entry["path"] for entry in SOURCE["tables"] if entry["table"] == f"public.{table}")
        return {int(line) for line in self.server.psql(sql=f"PREPARE path (text[]) AS {query}; EXECUTE path ('{{{key}}}');")}

    def test_a_brand_finds_its_products(self):
        for name in ("Norvane", "Bellandra"):
            key = self.server.psql(sql=f"SELECT id FROM brands WHERE name = '{name}';")[0]
            self.assertEqual(self.path_ids("brands", key), {p.id for p in PRODUCTS if p.brand == name})

    def test_a_category_of_any_level_finds_the_products_below_it(self):
        for path in (("Home",), ("Home", "Kitchen"), ("Home", "Kitchen", "Knives")):
            chain = "NULL"
            for name in path:
                condition = "parent_id IS NULL" if chain == "NULL" else f"parent_id = {chain}"
                chain = f"(SELECT id FROM categories WHERE name = '{name}' AND {condition})"
            key = self.server.psql(sql=f"SELECT {chain};")[0]
            self.assertEqual(self.path_ids("categories", key), {p.id for p in PRODUCTS if p.category[: len(path)] == path})

    def test_every_bottom_category_has_products(self):
        empty = self.server.psql(sql="""SELECT name FROM categories c
            WHERE NOT EXISTS (SELECT FROM categories WHERE parent_id = c.id)
              AND NOT EXISTS (SELECT FROM products WHERE category_id = c.id);""")
        self.assertEqual(empty, [])

    def test_deleting_a_product_takes_its_rows_along(self):
        product = max(PRODUCTS, key=lambda product: len(product.reviews)).id
        tables = ("variants", "prices", "inventory", "reviews")
        count = " + ".join(f"(SELECT count(*) FROM {table} WHERE product_id = {product})" for table in tables)
        before, after = self.server.psql(
            sql=f"SELECT {count}; BEGIN; DELETE FROM products WHERE id = {product}; SELECT {count}; ROLLBACK;")
        self.assertGreater(int(before), 4)
        self.assertEqual(after, "0")

    def test_child_rows_tell_their_product_with_the_default_replica_identity(self):
        rows = self.server.psql(sql="""SELECT t.relname, t.relreplident, 'product_id' = ANY(array_agg(a.attname))
            FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(i.indkey)
            WHERE t.relname IN ('variants', 'prices', 'inventory', 'reviews') GROUP BY 1, 2 ORDER BY 1;""")
        self.assertEqual(rows, [f"{table}|d|t" for table in ("inventory", "prices", "reviews", "variants")])


if __name__ == "__main__":
    unittest.main(verbosity=2)
