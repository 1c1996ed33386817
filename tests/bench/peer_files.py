"""What the peers read instead of JSON: tables with one record or query a line, columns separated by tabs.

products: id title brand category colour source price rating in_stock sold tokens record
queries:  class words prefix edits low high in_stock category facets sort descending fallback k

price in cents, rating in tenths; tokens and words as aisle's analyzer cuts them, separated by spaces, so that no peer needs a
tokeniser of its own; record is the JSON that aisle stores; edits and facets separated by commas; high is 0 without a range.
"""

import json
import subprocess


def write_tokens(catalogue, engine_bench, schema):
    """tokens.txt: the tokens of each title as aisle indexes them."""
    with open(catalogue / "products.tsv", encoding="utf-8") as rows, open(catalogue / "tokens.txt", "wb") as out:
        cut = subprocess.Popen([engine_bench, "--schema", schema, "--tokens", "documents"], stdin=subprocess.PIPE, stdout=out)
        for row in rows:
            cut.stdin.write(row.split("\t", 2)[1].encode() + b"\n")
        cut.stdin.close()
        if cut.wait() != 0:
            raise RuntimeError("the titles could not be cut into tokens")


def write_products(catalogue):
    with open(catalogue / "products.tsv", encoding="utf-8") as rows, open(catalogue / "tokens.txt", encoding="utf-8") as tokens, \
            open(catalogue / "products.jsonl", encoding="utf-8") as records, \
            open(catalogue / "peers.tsv", "w", encoding="utf-8") as out:
        for row, cut, record in zip(rows, tokens, records, strict=True):
            out.write(f"{row.rstrip(chr(10))}\t{cut.rstrip(chr(10))}\t{record}")


def write_queries(workload, target):
    with open(workload, encoding="utf-8") as lines, open(target, "w", encoding="utf-8") as out:
        for line in lines:
            query = json.loads(line)
            ask = query["peer"]
            low, high = ask["price"] or (0, 0)
            out.write("\t".join(map(str, (
                query["class"], " ".join(ask["words"]), int(ask["prefix"]), ",".join(map(str, ask["edits"])), low, high,
                int(ask["in_stock"]), ask["category"] or "", ",".join(ask["facets"]), ask["sort"], int(ask["descending"]),
                ask["fallback"], ask["k"]))) + "\n")
