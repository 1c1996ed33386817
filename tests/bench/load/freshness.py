#!/usr/bin/env python3
"""How long a change takes from PostgreSQL's commit to an answer over HTTP that shows it, while others change and search.

    freshness.py [--aisle build/release/aisle] [--seconds 90] [--changes 1000] [--searches 100] [--products 100000]
                 [--cache-bytes N] [--out DIR]

Beside the steady load three probes change one product after the other: its title to a word that nobody has, its price and its
stock to a number that nobody has. Each notes when COMMIT was sent and when it returned, and asks every other millisecond until
an answer has the product so. Tells what the cache of answers did, and the
processor time of the service. Fails when a p99 is over its limit, a search failed or the load was not kept up. Writes
DIR/freshness.json.
"""

import argparse
import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

from reindex_under_load import quantile
from stage import DEMO, ROOT, Aisle, Postgres
from traffic import Searcher, Writer

SEED = int(os.environ.get("AISLE_SEED", time.time_ns() % 2**32))
LIMITS_MS = {"text": 250, "price": 100, "stock": 100}
SEARCHERS = 4
GIVE_UP_SECONDS = 10
POLL_SECONDS = 0.002
KEPT_UP = 0.95  # of the changes that were asked for

# Copies under ids of their own: what a shop of that size weighs in the index and in the database.
COPIES = """
INSERT INTO products (id, title, description, brand_id, category_id, ean, model, language, released)
  SELECT p.id + {step} * n, p.title, p.description, p.brand_id, p.category_id, lpad((p.id + {step} * n)::text, 13, '8'), NULL,
         p.language, p.released FROM products p, generate_series(1, {copies}) n WHERE p.id < {step}
  ORDER BY n, p.id LIMIT {missing};
INSERT INTO prices SELECT q.id, p.price, p.list_price FROM products q JOIN prices p ON p.product_id = q.id % {step} WHERE q.id >= {step};
INSERT INTO inventory SELECT q.id, i.stock FROM products q JOIN inventory i ON i.product_id = q.id % {step} WHERE q.id >= {step};
VACUUM ANALYZE;
"""


class Probe(threading.Thread):
    """Changes a product, looks until it is seen, pauses, and takes the next one. `kind` is a key of LIMITS_MS."""

    def __init__(self, kind, postgres, url, products, seed):
        super().__init__(daemon=True)
        self.kind, self.products = kind, products
        self.random = random.Random(seed)
        self.ended = threading.Event()
        self.failure = None
        self.samples = []  # (ms from COMMIT's return, ms from COMMIT's sending)
        self.psql = subprocess.Popen(postgres.psql_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=GIVE_UP_SECONDS)

    def run(self):
        try:
            number = 0
            while not self.ended.wait(self.random.uniform(0, 0.1)):  # never in step with what collects changes
                number += 1
                self.samples.append(self.measure(number, self.random.choice(self.products)))
        except Exception as failure:  # told by whoever joins
            self.failure = failure

    def say(self, text):
        self.psql.stdin.write(text + "\n\\echo done\n")
        self.psql.stdin.flush()
        if self.psql.stdout.readline() != "done\n":
            raise RuntimeError("psql ended: a change was refused")

    def measure(self, number, product):
        change, query, shows = self.change(number, product)
        self.say(f"BEGIN; {change}")
        sent = time.monotonic()
        self.say("COMMIT;")
        committed = time.monotonic()
        while True:
            answer = self.ask(query)
            now = time.monotonic()
            if any(hit["id"] == str(product) and shows(hit["product"]) for hit in answer["hits"]):
                return (now - committed) * 1000, (now - sent) * 1000
            if now - committed > GIVE_UP_SECONDS:
                raise RuntimeError(f"the {self.kind} of product {product} is not seen after {GIVE_UP_SECONDS} s: {query}")
            time.sleep(POLL_SECONDS)

    def change(self, number, product):
        """SQL, the search that finds it, and what the product then is."""
        if self.kind == "text":
            word = f"quagga{number}"
            return (f"UPDATE products SET title = '{word}' WHERE id = {product};", {"q": word, "typos": "false"},
                    lambda record: record["title"] == word)
        value = 100_000 + number  # the others stay below 1,000
        if self.kind == "price":
            return (f"UPDATE prices SET price = {value}, list_price = {value} WHERE product_id = {product};",
                    {"filter": f"price = {value}"}, lambda record: float(record["price"]) == value)
        return (f"UPDATE inventory SET stock = {value} WHERE product_id = {product};", {"filter": f"stock = {value}"},
                lambda record: record["stock"] == value)

    def ask(self, query):
        self.connection.request("GET", "/v1/indexes/products/search?" + urllib.parse.urlencode(query))
        response = self.connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise RuntimeError(f"{response.status} {body[:200]!r}")
        return json.loads(body)

    def stop(self):
        self.ended.set()
        self.join()
        self.psql.stdin.close()
        self.psql.wait()
        if self.failure:
            raise self.failure


def enlarge(postgres, products):
    own = int(postgres.sql("SELECT count(*) FROM products"))
    if products > own:
        postgres.sql_script(COPIES.format(step=1_000_000, copies=products // own + 1, missing=products - own))


def quantiles(values):
    return {name: round(quantile(values, share), 1) for name, share in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0))}


def cache_counters(aisle):
    with urllib.request.urlopen(aisle.admin + "/metrics") as answer:
        return dict(re.findall(r"^aisle_answer_cache_(\w+)_total\{.*\} (\d+)", answer.read().decode(), re.MULTILINE))


def cpu_seconds(aisle):
    fields = Path(f"/proc/{aisle.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def play(options, postgres, aisle):
    writer = Writer(postgres, options.changes, SEED)
    probed = [writer.ids.pop(writer.random.randrange(len(writer.ids))) for _ in range(300)]  # nobody else changes them
    probes = [Probe(kind, postgres, aisle.url, probed[n::3], SEED + n) for n, kind in enumerate(LIMITS_MS)]
    searchers = [Searcher(aisle.url, options.searches / SEARCHERS, SEED + 10 + n, lambda answer: None) for n in range(SEARCHERS)]
    begin, cpu_before = time.monotonic(), cpu_seconds(aisle)
    for thread in (load := [writer, *searchers]):
        thread.start()
    time.sleep(min(5.0, options.seconds / 10))  # the load runs
    for probe in probes:
        probe.start()
    time.sleep(max(0.0, begin + options.seconds - time.monotonic()))
    for probe in probes:
        probe.stop()
    seconds = time.monotonic() - begin
    for thread in load:
        thread.stop()
        if thread.failure:
            raise thread.failure
    return report(options, writer, searchers, probes, seconds) | {
        "cache": cache_counters(aisle), "cores_used": round((cpu_seconds(aisle) - cpu_before) / seconds, 3)}


def report(options, writer, searchers, probes, seconds):
    took = [sample[1] for searcher in searchers for sample in searcher.samples]
    failed = [why for searcher in searchers for _, why in searcher.failed]
    figures = {"seed": SEED, "cores": os.cpu_count(), "products": options.products, "seconds": round(seconds, 1),
               "changes_per_second": round(writer.changes / seconds, 1), "searches_per_second": round(len(took) / seconds, 1),
               "searches_failed": len(failed), "search_ms": quantiles(took), "probes": {}}
    missed = failed[:3]
    if writer.changes < KEPT_UP * options.changes * seconds:
        missed.append(f"{figures['changes_per_second']} changes/s, {options.changes:g} were asked for")
    for probe in probes:
        since_return, since_sent = zip(*probe.samples)
        told = {"count": len(since_return), "limit_p99_ms": LIMITS_MS[probe.kind], "ms": quantiles(since_return),
                "ms_from_sending_commit": quantiles(since_sent)}
        figures["probes"][probe.kind] = told
        if told["ms"]["p99"] > LIMITS_MS[probe.kind]:
            missed.append(f"{probe.kind}: p99 {told['ms']['p99']} ms, the limit is {LIMITS_MS[probe.kind]}")
    figures["missed"] = missed
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aisle", default=str(ROOT / "build" / "release" / "aisle"))
    parser.add_argument("--seconds", type=float, default=90)
    parser.add_argument("--changes", type=float, default=1000, help="rows a second, 95 in 100 of them prices and stock")
    parser.add_argument("--searches", type=float, default=100, help="a second")
    parser.add_argument("--products", type=int, default=100_000, help="at least those of the sample shop")
    parser.add_argument("--cache-bytes", type=int, help="of the cache of answers; 0 = none")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    sys.setswitchinterval(0.0005)  # a probe does not wait for the other threads
    with tempfile.TemporaryDirectory(prefix="aisle-load-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o711)
        postgres = Postgres(Path(folder) / "postgres")
        aisle = None
        try:
            postgres.load_shop(Path(folder))
            enlarge(postgres, options.products)
            aisle = Aisle(options.aisle, Path(folder), postgres,
                          {} if options.cache_bytes is None else {"cache": {"bytes_max": options.cache_bytes}})
            aisle.schema.write_text((DEMO / "products.json").read_text())
            aisle.start()
            figures = play(options, postgres, aisle)
        finally:
            if aisle:
                aisle.stop()
            postgres.stop()
    (options.out / "freshness.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    sys.exit("FAILED: " + "; ".join(figures["missed"]) if figures["missed"] else 0)


if __name__ == "__main__":
    main()
