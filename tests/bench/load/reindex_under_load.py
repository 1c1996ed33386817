#!/usr/bin/env python3
"""Changes and searches run for minutes while the index is rebuilt with a new schema, switched and rolled back.

    reindex_under_load.py [--aisle build/release/aisle] [--seconds 300] [--changes 500] [--searches 100] [--out DIR]

Fails when a search failed, an answer mixed two generations, or `aisle verify` finds a difference at the end. Every
product carries a constant that the document query of its generation adds, so a mixed answer shows. Prints the figures
and draws lag, retained write-ahead log and latency to DIR/reindex_under_load.svg.
"""

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

from chart import write_chart
from stage import DEMO, ROOT, Aisle, Postgres, await_that
from traffic import Searcher, Worker, Writer

SEED = int(os.environ.get("AISLE_SEED", time.time_ns() % 2**32))
SEARCHERS = 4


def write_schema(path, build):
    """The sample shop's schema with a field `build` that the document query fills with a constant."""
    schema = json.loads((DEMO / "products.json").read_text())
    schema["fields"]["build_" + build] = {"type": "keyword", "filter": True}
    query = schema["source"]["document_query"]
    schema["source"]["document_query"] = query.replace("SELECT p.id, p.title,", f"SELECT p.id, '{build}' AS build_{build}, p.title,", 1)
    path.write_text(json.dumps(schema))


def mixed(answer):
    """A generation made of schema `one` has build_one in every product and nothing else; so for `two`."""
    marks = {name for hit in answer["hits"] for name in hit["product"] if name.startswith("build_")}
    expected = {"build_one"} if answer["view"]["generation"] == 1 else {"build_two"}
    missing = [hit["id"] for hit in answer["hits"] if not expected & hit["product"].keys()]
    if marks - expected or missing:
        return f"generation {answer['view']['generation']} answered with {sorted(marks)}, without a mark: {missing[:3]}"
    return None


class WalWatcher(Worker):
    """How much write-ahead log the slot makes PostgreSQL keep, in bytes, twice a second."""

    def __init__(self, postgres):
        super().__init__(2)
        self.postgres = postgres
        self.samples = []

    def step(self):
        kept = self.postgres.sql("SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)), 0) "
                                 "FROM pg_replication_slots WHERE slot_type = 'logical'")
        self.samples.append((time.monotonic(), float(kept)))


def quantile(values, share):
    values = sorted(values)
    return values[int(share * (len(values) - 1))] if values else 0.0


def by_second(samples, begin, seconds, pick, share):
    slots = [[] for _ in range(int(seconds) + 1)]
    for sample in samples:
        at = int(sample[0] - begin)
        if 0 <= at < len(slots):
            slots[at].append(pick(sample))
    return [(at, quantile(values, share)) for at, values in enumerate(slots) if values]


class Run:
    def __init__(self, options, work):
        self.options = options
        self.postgres = Postgres(work / "postgres")
        self.postgres.load_shop(work)
        self.aisle = Aisle(options.aisle, work, self.postgres)
        write_schema(self.aisle.schema, "one")
        self.aisle.start()
        self.events = []
        self.begin = 0.0

    def event(self, name):
        self.events.append((time.monotonic() - self.begin, name))
        print(f"{self.events[-1][0]:7.1f} s  {name}", flush=True)

    def until(self, share):
        time.sleep(max(0.0, self.begin + share * self.options.seconds - time.monotonic()))

    def generation(self):
        return self.aisle.get("/v1/indexes/products/search?q=&per_page=0")["view"]["generation"]

    def play(self):
        """A quarter of steady state, the rebuild, steady state, the way back, steady state."""
        options = self.options
        writer = Writer(self.postgres, options.changes, SEED)
        searchers = [Searcher(self.aisle.url, options.searches / SEARCHERS, SEED + n + 1, mixed) for n in range(SEARCHERS)]
        wal = WalWatcher(self.postgres)
        self.begin = time.monotonic()
        threads = [writer, wal, *searchers]
        for thread in threads:
            thread.start()
        self.until(0.25)
        write_schema(self.aisle.schema, "two")
        self.event("reindex begins")
        self.aisle.command("reindex", "products", "--wait")
        self.event("switched")
        if self.generation() != 2:
            sys.exit(f"after the reindex generation {self.generation()} answers, not 2")
        self.until(0.75)
        self.aisle.command("rollback", "products")
        self.event("rolled back")
        self.until(1.0)
        for thread in threads:
            thread.stop()
        for thread in threads:
            if thread.failure:
                raise thread.failure
        return writer, searchers, wal

    def verify(self):
        done = self.aisle.command("verify", "products", "--json", check=False)
        return done.returncode, done.stdout.strip() + done.stderr.strip()

    def report(self, writer, searchers, wal, out):
        samples = sorted(sample for searcher in searchers for sample in searcher.samples)
        failed = [failure for searcher in searchers for failure in searcher.failed]
        wrong = [complaint for searcher in searchers for complaint in searcher.wrong]
        seconds = self.options.seconds
        took = [sample[1] for sample in samples]
        generations = [generation for *_, generation in samples]
        print(f"changes {writer.changes} ({writer.changes / seconds:.0f}/s), searches {len(samples)} ({len(samples) / seconds:.0f}/s)")
        print(f"answers by generation 1: {generations.count(1)}, 2: {generations.count(2)}; failed {len(failed)}, mixed {len(wrong)}")
        print(f"latency over HTTP ms: p50 {quantile(took, 0.5):.2f}, p99 {quantile(took, 0.99):.2f}, max {max(took):.1f}")
        print(f"lag ms: p50 {quantile([s[2] for s in samples], 0.5):.0f}, p99 {quantile([s[2] for s in samples], 0.99):.0f}, "
              f"max {max(s[2] for s in samples):.0f}; unconfirmed WAL: max {max(v for _, v in wal.samples) / 1e6:.1f} MB")
        code, verdict = self.verify()
        print(f"verify ({code}): {verdict}")
        latency = [(name, by_second(samples, self.begin, seconds, lambda s: s[1], share)) for name, share in (("p50", 0.5), ("p99", 0.99))]
        write_chart(out / "reindex_under_load.svg",
                    f"{self.options.changes:g} changes/s, {self.options.searches:g} searches/s, reindex and rollback", [
                        ("lag, ms", [("p50", by_second(samples, self.begin, seconds, lambda s: s[2], 0.5)),
                                     ("max", by_second(samples, self.begin, seconds, lambda s: s[2], 1.0))]),
                        ("unconfirmed write-ahead log, MB", [("", [(at - self.begin, value / 1e6) for at, value in wal.samples])]),
                        ("search latency over HTTP, ms", latency)], self.events)
        for when, what in (failed + wrong)[:5]:
            print(f"  at {when - self.begin:.1f} s: {what}")
        return not failed and not wrong and code == 0 and {1, 2} <= set(generations)

    def stop(self):
        self.aisle.stop()
        self.postgres.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aisle", default=str(ROOT / "build" / "release" / "aisle"))
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--changes", type=float, default=500, help="rows a second")
    parser.add_argument("--searches", type=float, default=100, help="a second")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    print(f"seed {SEED} (AISLE_SEED), {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="aisle-load-", dir="/var/tmp") as folder:
        os.chmod(folder, 0o711)
        run = Run(options, Path(folder))
        try:
            passed = run.report(*run.play(), options.out)
        finally:
            run.stop()
    sys.exit(0 if passed else "FAILED")


if __name__ == "__main__":
    main()
