#!/usr/bin/env python3
"""Draws the benchmark's queries, always the same ones for the same catalogue.

    workload.py --catalogue FOLDER --data AISLE_DATA --engine-bench PROGRAM [--queries N] > workload.jsonl

Half of the queries are real ones drawn by popularity, half are one to three words in a row of a product title. Each line is
a search request with two more members: `class`, and `peer` with the same question for engines that do not read it: the words
as aisle's analyzer cuts them, how many edits each may be off by, and filter, facets and order by their parts.
and, filtered, sorted and faceted have the same words, so that their differences are those of the work.

  and       all words, top 10 by relevance
  filtered  the same within a range of prices and in stock
  sorted    the same as `and`, cheapest first
  faceted   the same as `filtered`, cheapest first, with brand, category and colour counted
  browse    no words: a category within a range of prices, most sold first, with brand, colour and source counted
  prefix    the last word is cut: all that begins with it
  typo1     one word of 4 to 7 letters is off by one edit
  typo2     one word of 8 letters or more is off by two edits
  shop      as a shop asks: 12 % misspelt, the last word a beginning, misspellings where fewer than 10 match, the three facets
            counted; a third filtered by price, a tenth sorted
"""

import argparse
import bisect
import csv
import json
import random
import re
import subprocess
import sys
from array import array
from collections import Counter

SEED = 20240603
FACETS = ["brand", "category", "colour"]
FACETS_OF_CATEGORY = ["brand", "colour", "source"]  # aisle counts a filtered facet without its own filter; peers would not
MISSPELT = 0.12
ONE_FROM, TWO_FROM = 4, 8  # letters of a word that may be off by one and by two edits
ENOUGH = 10  # literal matches that make misspellings unnecessary
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_word = re.compile(r"[^\W_]+")


def tokens(program, schema, side, lines):
    done = subprocess.run([program, "--schema", schema, "--tokens", side], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, check=True, encoding="utf-8")
    return [line.split() for line in done.stdout.split("\n")[:len(lines)]]


def edits_allowed(word):
    if any(character.isdigit() for character in word) or len(word) < ONE_FROM:
        return 0
    return 1 if len(word) < TWO_FROM else 2


def misspell(word, rng):
    """One edit, never of the first letter."""
    place = rng.randrange(1, len(word))
    kind = rng.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1:]
    if kind == 1:
        return word[:place] + rng.choice(LETTERS) + word[place:]
    if kind == 2 and place + 1 < len(word) and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2:]
    return word[:place] + rng.choice(LETTERS.replace(word[place], "") if word[place] in LETTERS else LETTERS) + word[place + 1:]


def within(first, second, most):
    """Whether the optimal string alignment distance is 1..most."""
    before, row = None, list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(second, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (a != b))
            if last and i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return 0 < row[-1] <= most


class Catalogue:
    """The titles with their tokens, and which products hold a word."""

    def __init__(self, folder):
        self.titles, self.prices, self.categories, self.postings = [], array("q"), Counter(), {}
        with open(folder + "/products.tsv", encoding="utf-8") as rows, \
                open(folder + "/tokens.txt", encoding="utf-8") as token_lines:
            for number, (row, line) in enumerate(zip(rows, token_lines)):
                fields = row.rstrip("\n").split("\t")
                self.titles.append(fields[1])
                self.prices.append(int(fields[6]))
                self.categories[fields[3]] += 1
                for word in set(line.split()):
                    self.postings.setdefault(word, array("i")).append(number)
        self.ordered_prices = sorted(self.prices)
        self.vocabulary = sorted(self.postings)

    def frequency(self, word):
        return len(self.postings.get(word, ()))

    def matches(self, words):
        lists = sorted((self.postings.get(word, ()) for word in words), key=len)
        found = set(lists[0]) if lists else set()
        for other in lists[1:]:
            found &= set(other)
        return found

    def begins(self, beginning):
        at = bisect.bisect_left(self.vocabulary, beginning)
        return at < len(self.vocabulary) and self.vocabulary[at].startswith(beginning)


class Maker:
    def __init__(self, catalogue, data, cut, rng):
        self.catalogue, self.cut, self.rng = catalogue, cut, rng
        with open(data + "/queries/electronics-popularity.tsv", encoding="utf-8") as lines:
            pairs = [line.rstrip("\n").rsplit("\t", 1) for line in lines if "\t" in line]
        self.real, self.weights = [text for text, _ in pairs], [int(weight) for _, weight in pairs]
        self.real_misspelt = self.read_misspelt(data)

    @staticmethod
    def read_misspelt(data):
        """Pairs of words that differ in real misspelt queries."""
        pairs = []
        with open(data + "/homedepot/typos-dev.csv", encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                wrong, right = row["misspelt"].lower().split(), row["correct"].lower().split()
                if len(wrong) == len(right):
                    pairs += [(a, b) for a, b in zip(wrong, right) if a != b and a.isascii() and a.isalpha() and b.isalpha()]
        return pairs

    def drawn(self, wanted):
        """Texts with their words, half real, half out of titles; only such that all words are in one product."""
        texts = []
        while len(texts) < wanted:
            batch = [self.rng.choices(self.real, self.weights)[0] if self.rng.random() < 0.5 else self.of_title()
                     for _ in range(2 * wanted)]
            for text, words in zip(batch, self.cut("queries", batch)):
                if words and len(words) <= 10 and self.catalogue.matches(words):
                    texts.append((text, words))
        return texts[:wanted]

    def of_title(self):
        while True:
            words = _word.findall(self.rng.choice(self.catalogue.titles).lower())
            if words:
                count = self.rng.choices((1, 2, 3), (3, 4, 3))[0]
                begin = self.rng.randrange(max(1, len(words) - count + 1))
                return " ".join(words[begin:begin + count])

    def price_range(self):
        prices = self.catalogue.ordered_prices
        low = self.rng.random() * 0.5
        high = low + 0.2 + self.rng.random() * 0.3
        return [prices[int(low * (len(prices) - 1))], prices[int(high * (len(prices) - 1))]]

    def line(self, query_class, text, words, *, prefix=False, edits=None, prices=None, category=None, facets=(), sort=None,
             typos=False, fallback=0):
        tests, request = [], {"class": query_class, "q": text, "per_page": 10, "highlight": False}
        if category:
            tests.append(f'category = "{category}"')
        if prices:
            tests.append(f"price >= {prices[0] / 100:.2f} AND price <= {prices[1] / 100:.2f} AND in_stock = true")
        if tests:
            request["filter"] = " AND ".join(tests)
        if facets:
            request |= {"facets": list(facets), "facet_values": 10}
        if sort:
            request["sort"] = sort
        if not prefix:
            request["prefix"] = False
        request["did_you_mean"] = False  # no engine beside it looks for another spelling
        if not typos:
            request["typos"] = False
        field, _, direction = (sort or "").partition(":")
        request["peer"] = {"words": words, "prefix": prefix, "edits": edits or [0] * len(words), "price": prices,
                           "in_stock": bool(prices), "category": category, "facets": list(facets), "sort": field,
                           "descending": direction == "desc", "fallback": fallback, "k": 10}
        return json.dumps(request, ensure_ascii=False)

    def plain_classes(self, wanted):
        for text, words in self.drawn(wanted):
            prices = self.price_range()
            yield self.line("and", text, words)
            yield self.line("filtered", text, words, prices=prices)
            yield self.line("sorted", text, words, sort="price:asc")
            yield self.line("faceted", text, words, prices=prices, facets=FACETS, sort="price:asc")

    def browse(self, wanted):
        names, counts = zip(*[pair for pair in sorted(self.catalogue.categories.items()) if pair[0] != "Other"])
        for category in self.rng.choices(names, counts, k=wanted):
            yield self.line("browse", "", [], category=category, prices=self.price_range(), facets=FACETS_OF_CATEGORY,
                            sort="sold:desc")

    def prefix(self, wanted):
        made = 0
        while made < wanted:
            for text, words in self.drawn(wanted):
                last = words[-1]
                if len(last) < 3 or not text.endswith(last) or made == wanted:
                    continue
                cut = self.rng.randrange(2, len(last))
                text, words = text[:len(text) - len(last) + cut], [*words[:-1], last[:cut]]
                if self.cut("queries", [text])[0] != words:
                    continue
                made += 1
                yield self.line("prefix", text, words, prefix=True)

    def misspelt_words(self, right, edits):
        """A real misspelling of that many edits when there is one, else a made one."""
        real = [wrong for wrong, other in self.real_misspelt if other == right and wrong[0] == right[0]
                and within(wrong, right, edits) and (edits == 1 or not within(wrong, right, edits - 1))]
        if real and self.rng.random() < 0.5:
            return self.rng.choice(real)
        wrong = right
        for _ in range(edits):
            wrong = misspell(wrong, self.rng)
        return wrong

    def typo(self, query_class, edits, wanted):
        made = 0
        while made < wanted:
            for text, words in self.drawn(wanted):
                fits = [place for place, word in enumerate(words) if word.isascii() and edits_allowed(word) == edits
                        and all(edits_allowed(other) <= 1 or other == word for other in words)]
                if not fits or made == wanted:
                    continue
                place = self.rng.choice(fits)
                wrong = self.misspelt_words(words[place], edits)
                # Its length must allow what was done to it, and it must not be a word with enough products of its own.
                if edits_allowed(wrong) != edits or self.catalogue.frequency(wrong) >= ENOUGH \
                        or not within(wrong, words[place], edits):
                    continue
                bent = [*words[:place], wrong, *words[place + 1:]]
                if self.cut("queries", [" ".join(bent)])[0] != bent:
                    continue
                made += 1
                yield self.line(query_class, " ".join(bent), bent, edits=[edits_allowed(word) for word in bent], typos=True)

    def shop(self, wanted):
        for text, words in self.drawn(wanted):
            if self.rng.random() < MISSPELT:
                places = [place for place, word in enumerate(words) if word.isascii() and edits_allowed(word)]
                if places:
                    place = self.rng.choice(places)
                    words = [*words[:place], self.misspelt_words(words[place], 1), *words[place + 1:]]
                    text = " ".join(words)
                    words = self.cut("queries", [text])[0]
            yield self.line("shop", text, words, prefix=True, edits=[edits_allowed(word) for word in words], typos=True,
                            fallback=ENOUGH, prices=self.price_range() if self.rng.random() < 1 / 3 else None, facets=FACETS,
                            sort="price:asc" if self.rng.random() < 0.1 else None)


def main():
    parser = argparse.ArgumentParser(description="the benchmark's queries")
    parser.add_argument("--catalogue", required=True, help="folder of catalogue.py, with tokens.txt")
    parser.add_argument("--data", required=True)
    parser.add_argument("--engine-bench", required=True)
    parser.add_argument("--schema", default="tests/bench/products.json")
    parser.add_argument("--queries", type=int, default=400, help="of each class")
    options = parser.parse_args()
    print(f"workload: seed {SEED}", file=sys.stderr)

    known = {}

    def cut(side, lines):
        missing = [line for line in lines if line not in known]
        if missing:
            known.update(zip(missing, tokens(options.engine_bench, options.schema, side, missing)))
        return [known[line] for line in lines]

    maker = Maker(Catalogue(options.catalogue), options.data, cut, random.Random(SEED))
    wanted = options.queries
    for lines in (maker.plain_classes(wanted), maker.browse(wanted), maker.prefix(wanted), maker.typo("typo1", 1, wanted),
                  maker.typo("typo2", 2, wanted), maker.shop(wanted)):
        for line in lines:
            print(line)


if __name__ == "__main__":
    main()
