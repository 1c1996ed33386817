#!/usr/bin/env python3
"""Makes the catalogue that every engine of the benchmark indexes: real product titles, with columns drawn for each.

    catalogue.py --titles TITLES.tsv.gz --out FOLDER [--products N]

Writes products.jsonl (for aisle) and products.tsv (for the peers, the same records). Without --products, or below the
number of real titles, the titles are real; above it the rest is made by scaler.py, always the same for the same seed,
and a smaller catalogue is the beginning of a larger one. Columns of a product, drawn in the order of the file:

  brand     first word of the title where at least 15 titles begin with it, else "Various"
  category  last word of the title among the 1,500 most frequent ones of letters only; without one, "Other"
  colour    first colour word of the title, else one drawn by how often titles name it
  price     log-normal: median 5 to 500 by category, sigma 0.7, to the cent
  rating    1.0 to 5.0, triangular with its peak at 4.4; in_stock: 85 %; sold: Pareto, alpha 1.1
"""

import argparse
import gzip
import json
import math
import random
import re
import zlib
from collections import Counter
from pathlib import Path

SEED = 20240601
COLOURS = ("black white blue red grey green brown pink silver beige yellow navy purple gold orange cream "
           "turquoise khaki copper violet").split()
NOT_CATEGORIES = set(COLOURS) | set(
    "with from and the for pack inch feet size light dark large small medium original natural free "
    "organic style gray multicolor multicolour".split())
BRAND_TITLES = 15
CATEGORIES = 1500
PRICE_SIGMA = 0.7
FIELDS = ("id", "title", "brand", "category", "colour", "source", "price", "rating", "in_stock", "sold")

_word = re.compile(r"[^\W_]+")


def words_of(title):
    return _word.findall(title.lower())


class Columns:
    """What is drawn for titles; learnt from the real ones."""

    def __init__(self, titles):
        firsts, words = Counter(), Counter()
        for title in titles:
            found = words_of(title)
            firsts[found[0] if found else ""] += 1
            words.update({word for word in found if word.isalpha() and len(word) >= 3})
        self.brands = {word for word, count in firsts.items() if count >= BRAND_TITLES and not word.isdigit() and word}
        self.categories = {word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0]))
                           if word not in NOT_CATEGORIES and word not in self.brands}
        ranked = [word for word, _ in sorted(words.items(), key=lambda pair: (-pair[1], pair[0])) if word in self.categories]
        self.categories = set(ranked[:CATEGORIES])
        self.colour_weights = [words[colour] + 1 for colour in COLOURS]
        self.medians = {category: 5 * 100 ** (zlib.crc32(category.encode()) / 2**32)
                        for category in [*self.categories, "other"]}

    def brand(self, words):
        return words[0].capitalize() if words and words[0] in self.brands else "Various"

    def category(self, words):
        return next((word for word in reversed(words) if word in self.categories), "other")

    def colour_of(self, words):
        return next((word for word in words if word in COLOURS), None)

    def record(self, number, title, source, rng):
        """The fields as a tuple in the order of FIELDS; price in cents, rating in tenths."""
        words = words_of(title)
        category = self.category(words)
        colour = self.colour_of(words) or rng.choices(COLOURS, self.colour_weights)[0]
        price = max(1, round(100 * self.medians[category] * math.exp(rng.gauss(0, PRICE_SIGMA))))
        rating = round(10 * rng.triangular(1, 5, 4.4))
        in_stock = rng.random() < 0.85
        sold = min(10**6, int(rng.paretovariate(1.1)))
        return (f"t{number}", title, self.brand(words), category.capitalize(), colour.capitalize(), source, price,
                rating, int(in_stock), sold)


def read_titles(file):
    """Pairs of source and title."""
    with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            source, _, title = line.rstrip("\n").partition("\t")
            yield source, " ".join(title.split())


def write(folder, rows, columns):
    """`rows`: pairs of source and title. Draws columns from a stream of its own, so that titles do not move them."""
    rng = random.Random(SEED)
    count = 0
    with open(folder / "products.jsonl", "w", encoding="utf-8") as records, \
            open(folder / "products.tsv", "w", encoding="utf-8") as table:
        quoted = json.encoder.encode_basestring
        for count, (source, title) in enumerate(rows, 1):
            record = columns.record(count, title, source, rng)
            identity, title, brand, category, colour, source, price, rating, in_stock, sold = record
            table.write("\t".join(map(str, record)) + "\n")
            records.write(
                f'{{"id":"{identity}","title":{quoted(title)},"brand":{quoted(brand)},"category":"{category}",'
                f'"colour":"{colour}","source":{quoted(source)},"price":{price / 100:.2f},"rating":{rating / 10:.1f},'
                f'"in_stock":{"true" if in_stock else "false"},"sold":{sold}}}\n')
    return count


def main():
    parser = argparse.ArgumentParser(description="the benchmark's catalogue")
    parser.add_argument("--titles", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--products", type=int, default=0, help="0: all real titles")
    options = parser.parse_args()
    real = list(read_titles(options.titles))
    columns = Columns([title for _, title in real])
    rows = real[:options.products or len(real)]
    options.out.mkdir(parents=True, exist_ok=True)
    if options.products > len(real):
        from scaler import Scaler
        scaler = Scaler(real, columns)
        count = write(options.out, scaler.rows(options.products), columns)
        report = scaler.report()
    else:
        count = write(options.out, rows, columns)
        report = {}
    report = {"seed": SEED, "products": count, "real_titles": min(count, len(real)), "brands": len(columns.brands) + 1,
              "categories": len(columns.categories) + 1, **report}
    (options.out / "catalogue.json").write_text(json.dumps(report, indent=1))
    print(json.dumps(report))


if __name__ == "__main__":
    main()
