#!/usr/bin/env python3
"""Brings the bench's data into form.

    prepare.py titles  TITLES.tsv.gz OUT.jsonl        lines "source TAB title" become records with ids
    prepare.py queries POPULARITY.tsv OUT.txt COUNT   COUNT queries drawn by popularity, always the same ones
"""

import gzip
import json
import random
import sys

SEED = 20240601


def titles(source, target):
    with gzip.open(source, "rt", encoding="utf-8", newline="\n") as lines, open(target, "w", encoding="utf-8") as out:
        for number, line in enumerate(lines, 1):
            shop, _, title = line.rstrip("\n").partition("\t")
            out.write(json.dumps({"id": f"t{number}", "source": shop, "title": title}, ensure_ascii=False) + "\n")


def queries(source, target, count):
    with open(source, encoding="utf-8") as lines:
        pairs = [line.rstrip("\n").rsplit("\t", 1) for line in lines if "\t" in line]
    drawn = random.Random(SEED).choices([text for text, _ in pairs], [int(weight) for _, weight in pairs], k=int(count))
    with open(target, "w", encoding="utf-8") as out:
        out.writelines(query + "\n" for query in drawn)


if __name__ == "__main__":
    {"titles": titles, "queries": queries}[sys.argv[1]](*sys.argv[2:])
