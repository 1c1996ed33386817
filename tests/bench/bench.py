#!/usr/bin/env python3
"""aisle beside other engines: the same products, the same queries, the same work asked, in turns on a quiet machine.

    bench.py [--quick] [--engines NAME,...] [--classes NAME,...] [--out FOLDER]

Everything that was prepared (catalogue, queries, the peers' programs, every index) is kept under build/bench and not made
again; with --resume an interrupted run goes on at the first class that it lacks. Engines that are not installed are left out
with a message. --quick takes the real titles; without it catalogues of 1, 2 and 5 million products follow, asked the same.
"""

import argparse
import json
import os
import platform
import shutil
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import peer_files
import report
from engines import CLASSES, ROOT, SCHEMA, Missing, run
from peers import all_engines
from rounds import Comparison

BENCH = ROOT / "build/bench"
TITLES = 530_611
LARGER = (1_000_000, 2_000_000, 5_000_000)
OF_CURVE = ("aisle", "aisle-two", "lucene10", "tantivy")  # asked of the larger catalogues, too
BEGIN = time.monotonic()


def say(text):
    print(f"{time.monotonic() - BEGIN:6.0f} s  {text}", file=sys.stderr, flush=True)


def prepared(data, products, build_folder, queries):
    """The folder of a catalogue with its queries."""
    catalogue = BENCH / str(products)
    engine_bench = build_folder / "tests/engine_bench"
    if not (catalogue / "peers.tsv").exists():
        say(f"making the catalogue of {products:,} products")
        told = run([sys.executable, ROOT / "tests/bench/catalogue.py", "--titles", data / "titles/titles.tsv.gz", "--out", catalogue,
                    "--products", products])
        say(told.strip()[:300])
        peer_files.write_tokens(catalogue, engine_bench, SCHEMA)
        peer_files.write_products(catalogue)
    if not (catalogue / "workload.tsv").exists():
        if products != TITLES:  # real titles are in every larger catalogue
            real = prepared(data, TITLES, build_folder, queries)
            for name in ("workload.jsonl", "workload.tsv"):
                shutil.copy(real / name, catalogue / name)
            return catalogue
        say("drawing the queries")
        lines = run([sys.executable, ROOT / "tests/bench/workload.py", "--catalogue", catalogue, "--data", data, "--engine-bench",
                     engine_bench, "--schema", SCHEMA, "--queries", queries])
        (catalogue / "workload.jsonl").write_text(lines, encoding="utf-8")
        peer_files.write_queries(catalogue / "workload.jsonl", catalogue / "workload.tsv")
    return catalogue


def available(engines, wanted, quick):
    usable, left_out = [], {}
    for engine in engines:
        if engine.name not in wanted if wanted else quick and not engine.quick:
            continue
        try:
            engine.prepare(BENCH / "peers")
            usable.append(engine)
        except Missing as missing:
            left_out[engine.title] = str(missing)
            say(f"{engine.title} is left out: {missing}")
    return usable, left_out


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    return {"processor": model, "cores": os.cpu_count(), "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "load": os.getloadavg()[0], "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M")}


def compare(catalogue, engines, classes, options):
    """The figures of one catalogue; those of classes that are done are kept in a file, for --resume with the same engines."""
    note = catalogue / "figures.json"
    kept = json.loads(note.read_text()) if options.resume and note.exists() else {}
    if kept.get("engines", {}).keys() != {engine.name for engine in engines}:
        kept = {}
    figures = {"machine": kept.get("machine", machine()), "engines": {}, "classes": kept.get("classes", {})}
    for engine in engines:
        figures["engines"][engine.name] = {"title": engine.title, **engine.built(catalogue, say)}
    if options.prepare:
        return figures
    running = []
    try:
        for engine in engines:
            begin = time.monotonic()
            running.append(engine.start(catalogue))
            figures["engines"][engine.name] |= {"start_s": round(time.monotonic() - begin, 2), **running[-1].about}
        comparison = Comparison(running, say, options.rounds, options.warm_rounds, options.seconds)
        missing = [one for one in classes if one not in figures["classes"]]
        comparison.warm_up(missing)
        for query_class in missing:
            figures["classes"][query_class] = comparison.of_class(query_class)
            note.write_text(json.dumps(figures, indent=1))
        for engine in running:
            figures["engines"][engine.name] |= engine.memory()
        note.write_text(json.dumps(figures, indent=1))
    finally:
        for engine in running:
            engine.stop()
    return figures


def main():
    parser = argparse.ArgumentParser(description="aisle beside other engines")
    parser.add_argument("--quick", action="store_true", help="the real titles alone, under ten minutes")
    parser.add_argument("--engines", default="", help="only these, by comma; aisle is always there")
    parser.add_argument("--classes", default=",".join(CLASSES))
    parser.add_argument("--queries", type=int, default=400, help="of each class, when they are drawn")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm-rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0, help="of one round of one engine at the most")
    parser.add_argument("--resume", action="store_true", help="keep the classes that are measured already")
    parser.add_argument("--prepare", action="store_true", help="build what is missing and stop")
    parser.add_argument("--products", type=int, nargs="*", help="sizes of the catalogues, instead of these")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=Path, default=BENCH)
    options = parser.parse_args()
    data = Path(os.environ.get("AISLE_DATA", ROOT.parent / "shared/data"))
    if not data.is_dir():
        print(f"bench: skipped, there is no folder {data}; AISLE_DATA names it")
        return
    wanted = {"aisle", *options.engines.split(",")} if options.engines else set()
    classes = options.classes.split(",")
    engines, left_out = available(all_engines(options.build), wanted, options.quick)
    options.out.mkdir(parents=True, exist_ok=True)
    sizes = [TITLES] if options.quick else [TITLES, *LARGER]
    curve = []
    for products in options.products or sizes:
        catalogue = prepared(data, products, options.build, options.queries)
        some = engines if products == TITLES else [engine for engine in engines if engine.name in OF_CURVE]
        figures = compare(catalogue, some, classes, options)
        if options.prepare:
            continue
        figures |= {"products": products, "left_out": left_out}
        curve.append(figures)
        report.write(figures, options.out)
        print(report.table(figures), flush=True)
    if len(curve) > 1:
        report.write_curve(curve, options.out)


if __name__ == "__main__":
    main()
