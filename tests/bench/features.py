#!/usr/bin/env python3
"""What each feature of the search costs: the same queries of a shop with it and without, in turns on a quiet machine.

    features.py [--rounds 5] [--seconds 20] [--out FILE]

Asks the class `shop` of the real titles (bench.py makes catalogue, queries and index) without HTTP. Each round starts the
index once for each variant, A B A B; a query counts by the least of its rounds. Prints mean, p50 and p99 with everything on,
and for each feature the ratio of everything to everything but the feature: 1.10 is a tenth that it adds.
"""

import argparse
import json
import os
from pathlib import Path

from bench import BENCH, TITLES, prepared, say
from engines import ROOT, Aisle
from rounds import figures

SYNONYMS = [{"words": ["tv", "television"]}, {"words": ["laptop", "notebook"]}, {"words": ["sofa", "couch"]},
            {"words": ["black", "dark"]}, {"words": ["usb c", "type c"]}, {"words": ["phone", "mobile"]}]
SIGNALS = [{"field": "sold", "kind": "log", "weight": 20, "to": 1000},
           {"field": "rating", "kind": "linear", "weight": 10, "from": 1, "to": 5}]
EVERYTHING = {"profile": {"signals": SIGNALS}, "synonyms": SYNONYMS}


def without(member):
    return lambda query: {key: value for key, value in query.items() if key != member}


def switched_off(member):
    return lambda query: {**query, member: False}


def profile(**members):
    return {**EVERYTHING, "profile": {**EVERYTHING["profile"], **members}}


def as_it_is(query):
    return query


# By feature: how to leave it out, of the ranking and of each query.
FEATURES = {
    "misspellings": (EVERYTHING, switched_off("typos")),
    "beginnings of the last word": (EVERYTHING, switched_off("prefix")),
    "products that lack words": (profile(relaxation="none"), as_it_is),
    "the thing before its accessories": (profile(head=0, accessory=0), as_it_is),
    "brands and categories in the query": (profile(named=0), as_it_is),
    "synonyms": ({**EVERYTHING, "synonyms": []}, as_it_is),
    "signals": (profile(signals=[]), as_it_is),
    "facets": (EVERYTHING, without("facets")),
    "other spellings (did_you_mean)": (EVERYTHING, switched_off("did_you_mean")),
    "highlights": (EVERYTHING, switched_off("highlight")),
}


class Variant(Aisle):
    def __init__(self, build_folder, folder, number, ranking, change):
        super().__init__(build_folder)
        self.ranking, self.workload, self.samples = folder / f"{number}.ranking.json", folder / f"{number}.jsonl", []
        self.ranking.write_text(json.dumps({"index": "bench", **ranking}), encoding="utf-8")
        with open(folder.parent / "workload.jsonl", encoding="utf-8") as lines:
            queries = [{**json.loads(line), "did_you_mean": True} for line in lines]
        self.workload.write_text("".join(json.dumps(change(query)) + "\n" for query in queries if query["class"] == "shop"),
                                 encoding="utf-8")

    def command(self, catalogue, index):
        command = [str(part) for part in super().command(catalogue, index)]
        command[command.index("--ranking") + 1] = self.ranking
        command[command.index("--workload") + 1] = self.workload
        return command

    def ask_round(self, catalogue, seconds):
        running = self.start(catalogue)
        try:
            running.ask(f"round shop {seconds}")  # what the start left cold
            return running.ask(f"round shop {seconds}")["ms"]
        finally:
            running.stop()


def main():
    parser = argparse.ArgumentParser(description="what each feature costs")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20, help="of one round of one variant at the most")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release")
    parser.add_argument("--out", type=Path, default=BENCH / "features.json")
    options = parser.parse_args()
    data = Path(os.environ.get("AISLE_DATA", ROOT.parent / "shared/data"))
    if not data.is_dir():
        print(f"bench: skipped, there is no folder {data}; AISLE_DATA names it")
        return
    catalogue = prepared(data, TITLES, options.build, 400)
    Aisle(options.build).built(catalogue, say)
    folder = catalogue / "features"
    folder.mkdir(exist_ok=True)
    variants = {name: Variant(options.build, folder, number, *how)
                for number, (name, how) in enumerate({"everything": (EVERYTHING, as_it_is), **FEATURES}.items())}
    for number in range(options.rounds):
        for variant in variants.values():
            variant.samples.append(variant.ask_round(catalogue, options.seconds))
        say(f"round {number + 1} of {options.rounds}")
    told = {name: figures(variant.samples) for name, variant in variants.items()}
    everything = told["everything"]
    options.out.write_text(json.dumps(told, indent=1), encoding="utf-8")
    print(f"everything, {everything['queries']} queries: mean {everything['mean']:.3f}, p50 {everything['p50']:.3f}, "
          f"p99 {everything['p99']:.2f} ms\n")
    print("| with it to without it | mean | p50 | p99 |\n|---|--:|--:|--:|")
    for name, one in list(told.items())[1:]:
        print(f"| {name} | " + " | ".join(f"{everything[figure] / one[figure]:.2f}" for figure in ("mean", "p50", "p99")) + " |")


if __name__ == "__main__":
    main()
