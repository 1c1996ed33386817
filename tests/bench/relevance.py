#!/usr/bin/env python3
"""How good are the answers to judged queries of two real shops, without any tuning for them?

    relevance.py [--binary aisle] [--fresh] [--save NAME] [--against NAME] [--worst N]

Imports both catalogues under AISLE_DATA into build/relevance (once; --fresh: again), with a plain schema: title, brand,
description, attributes. Prints nDCG@10 of the electronics shop, recall@100 and queries without a hit of the do-it-yourself store, how many of the
pairs of judged products stand in the order of their grades, and for misspelt queries what they find of what the corrected ones find. Each figure has its 95 % interval, by bootstrap over queries.
--save keeps the figures of every query under a name, --against prints the paired difference to a saved run.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = ROOT / "build/relevance"
TEXT = {"type": "text", "search": True}
SHOPS = {
    "electronics": {
        "title": {**TEXT, "weight": 6},
        "brand": {"type": "keyword", "search": True, "facet": True, "weight": 4},
        "description": {**TEXT, "weight": 2},
        "attributes": {**TEXT, "weight": 1},
    },
    "diy": {"title": {**TEXT, "weight": 6}},
}
RESAMPLES = 2000


def electronics(data):
    with gzip.open(data / "icecat/products.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            product = json.loads(line)
            values = product.get("attributes", {}).items()
            yield {
                "id": product["id"],
                "title": product["title"],
                "brand": product.get("supplier"),
                "description": product.get("short_description"),
                "attributes": [f"{key.replace('_', ' ')} {value}" for key, value in values if isinstance(value, str)],
            }


def diy(data):
    with gzip.open(data / "homedepot/products.tsv.gz", "rt", encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield {"id": row["product_id"], "title": row["title"]}


def import_shop(binary, name, products):
    folder = WORK / name
    folder.mkdir(parents=True)
    schema = folder / "schema.json"
    file = folder / "products.jsonl"
    schema.write_text(json.dumps({"index": name, "fields": SHOPS[name], "source": {"type": "file", "path": file.name}}))
    with open(file, "w", encoding="utf-8") as out:
        out.writelines(json.dumps(product, ensure_ascii=False) + "\n" for product in products)
    subprocess.run([binary, "import", "--schema", schema, "--data", folder / "data", file], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def ask(binary, name, judgments):
    """The answers, by query, of one shop."""
    folder = WORK / name
    answers = folder / "answers.jsonl"
    subprocess.run([binary, "evaluate", "--schema", folder / "schema.json", "--data", folder / "data",
                    "--judgments", judgments, "--answers", answers, "--json"], check=True, stdout=subprocess.DEVNULL)
    with open(answers, encoding="utf-8") as lines:
        return {answer["query"]: answer for answer in map(json.loads, lines)}


def typo_pairs(data):
    with open(data / "homedepot/typos-dev.csv", encoding="utf-8", newline="") as rows:
        return [(row["misspelt"], row["correct"]) for row in csv.DictReader(rows)]


def write_unjudged(file, queries):
    with open(file, "w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["query", "product", "grade"])
        rows.writerows([query, "-", 0] for query in queries)


def share_of(part, whole):
    return len(set(part) & set(whole)) / len(whole)


def judged(data, file):
    grades = {}
    with open(data / file, encoding="utf-8", newline="") as rows:
        for query, product, grade in list(csv.reader(rows))[1:]:
            grades.setdefault(query, {})[product] = float(grade)
    return grades


def pairs_in_order(answer, grades):
    """Of two products that are half a grade apart the better one should stand first; those not found stand last."""
    place = {product: at for at, product in enumerate(answer)}
    good = [(grade, place.get(product, len(place))) for product, grade in grades.items()]
    pairs = [(a[1], b[1]) for a in good for b in good if a[0] >= b[0] + 0.5]
    return sum((a < b) + (a == b) / 2 for a, b in pairs) / len(pairs) if pairs else None


def figures_of(binary, data):
    """{figure: {query: value}}: everything that is averaged."""
    icecat = ask(binary, "electronics", data / "icecat/judgments-dev.csv")
    depot = ask(binary, "diy", data / "homedepot/judgments-dev.csv")
    grades = {"electronics": judged(data, "icecat/judgments-dev.csv"), "diy": judged(data, "homedepot/judgments-dev.csv")}
    pairs = typo_pairs(data)
    unjudged = WORK / "typos.csv"
    write_unjudged(unjudged, dict.fromkeys(query for pair in pairs for query in pair))
    typos = ask(binary, "diy", unjudged)
    misspelt = {wrong for wrong, _ in pairs}
    figures = {
        "electronics nDCG@10": {q: a["ndcg_10"] for q, a in icecat.items()},
        "electronics zero hits": {q: float(a["total"] == 0) for q, a in icecat.items()},
        "electronics judged pairs": {q: pairs_in_order(a["answer"], grades["electronics"][q]) for q, a in icecat.items()},
        "diy judged pairs": {q: pairs_in_order(a["answer"], grades["diy"][q]) for q, a in depot.items()},
        "diy recall@100": {q: a["recall_100"] for q, a in depot.items()},
        "diy zero hits": {q: float(a["total"] == 0) for q, a in depot.items()},
        "misspelt recall@100, judged": {q: a["recall_100"] for q, a in depot.items() if q in misspelt},
        "misspelt recall@100, as corrected": {},
        "misspelt overlap@10": {},
        "misspelt zero hits": {},
        "corrected zero hits": {},
    }
    for wrong, correct in pairs:
        found, wanted = typos[wrong], typos[correct]
        if wanted["answer"]:
            figures["misspelt recall@100, as corrected"][wrong] = share_of(found["answer"], wanted["answer"])
            figures["misspelt overlap@10"][wrong] = share_of(found["answer"][:10], wanted["answer"][:10])
        figures["misspelt zero hits"][wrong] = float(found["total"] == 0)
        figures["corrected zero hits"][correct] = float(wanted["total"] == 0)
    return {name: {q: v for q, v in values.items() if v is not None} for name, values in figures.items()}


def interval(values):
    values = list(values)
    dice = random.Random(1)
    means = sorted(sum(dice.choices(values, k=len(values))) / len(values) for _ in range(RESAMPLES))
    return sum(values) / len(values), means[RESAMPLES // 40], means[-1 - RESAMPLES // 40]


def difference(after, before):
    return interval(after[query] - before[query] for query in after if query in before)


def print_table(figures, before):
    print(f"{'figure':34} {'queries':>7}  {'mean':>6}  95 % interval" + ("      difference" if before else ""))
    for name, values in figures.items():
        mean, low, high = interval(values.values())
        line = f"{name:34} {len(values):7}  {mean:.4f}  {low:.4f} to {high:.4f}"
        if name in before:
            line += "  {:+.4f} ({:+.4f} to {:+.4f})".format(*difference(values, before[name]))
        print(line)


def print_worst(figures, before, count):
    for name in ("electronics nDCG@10", "diy recall@100", "misspelt overlap@10"):
        values, old = figures[name], before.get(name, {})
        worst = sorted(values, key=lambda q: (values[q] - old.get(q, 0), q))[:count]
        print(f"\n{name}, {'loses most' if old else 'worst'}:")
        for query in worst:
            print(f"  {values[query]:.4f}" + (f" (was {old[query]:.4f})" if query in old else "") + f"  {query}")


def main():
    parser = argparse.ArgumentParser(description="relevance of two real shops")
    parser.add_argument("--binary", default=str(ROOT / "build/release/aisle"))
    parser.add_argument("--fresh", action="store_true", help="import the catalogues again")
    parser.add_argument("--save", metavar="NAME")
    parser.add_argument("--against", metavar="NAME")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="list the N worst queries of each set")
    arguments = parser.parse_args()
    data = pathlib.Path(os.environ.get("AISLE_DATA", ROOT / "../shared/data"))
    if not data.is_dir():
        print(f"relevance: skipped, there is no folder {data}; AISLE_DATA names it")
        return
    for name, products in (("electronics", electronics), ("diy", diy)):
        if arguments.fresh:
            subprocess.run(["rm", "-rf", WORK / name], check=True)
        if not (WORK / name / "data").exists():
            import_shop(arguments.binary, name, products(data))
    figures = figures_of(arguments.binary, data)
    before = json.loads((WORK / f"{arguments.against}.json").read_text()) if arguments.against else {}
    print_table(figures, before)
    if arguments.worst:
        print_worst(figures, before, arguments.worst)
    if arguments.save:
        (WORK / f"{arguments.save}.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    sys.exit(main())
