#!/usr/bin/env python3
"""Writes judgments.tsv beside this file from the rules in lists/queries.txt: query TAB product id TAB grade.

Grades: 3 what was asked for, 2 fits but misses one wish, 1 related (an accessory, a neighbour), 0 alike in words but
not wanted. Products that are not listed count as 0. The rules speak of kinds and attributes, which the generator
knows, not of words in titles: a couch is relevant to "sofa" whatever its title says.
"""

import re
from pathlib import Path

import catalogue
import lists

TARGET = Path(__file__).parent / "judgments.tsv"


def values_of(product, name):
    """What a condition is compared with; of variants, all of them."""
    if name in ("colour", "size"):
        return {getattr(variant, name) for variant in product.variants}
    if name == "material":
        return {part for variant in product.variants for part in (variant.material or "").split(" + ")}
    if name in ("brand", "language"):
        return {getattr(product, name)}
    return {product.attributes.get(name)}


def parse_rule(grade, rest, place):
    """'3 sofa; sofa bed with colour = grey or navy & seats = corner' -> (3, kinds, [(name, values)])."""
    kinds, _, conditions = rest.partition(" with ")
    parsed = []
    for condition in conditions.split(" & ") if conditions else []:
        name, equals, values = condition.partition(" = ")
        if not equals:
            raise ValueError(f"{place}: condition \"{condition}\" lacks \" = \"")
        parsed.append((name.strip(), {value.strip() for value in values.split(" or ")}))
    return int(grade), {kind.strip() for kind in kinds.split(";")}, parsed


def grade_of(product, rules):
    """Of the first rule that fits, else None."""
    for grade, kinds, conditions in rules:
        if product.kind in kinds and all(values & values_of(product, name) for name, values in conditions):
            return grade
    return None


def code_judgments(rest, products, place):
    """'model of television 5 as compact': the code of the fifth television, and nothing else, is right.
    'called of camera 2': the camera as accessories call it; those that name it are grade 2."""
    found = re.fullmatch(r"(ean|model|sku|called) of (.+?) (\d+)(?: as (compact|lower))?", rest)
    if not found:
        raise ValueError(f"{place}: cannot read code \"{rest}\"")
    what, kind, number, form = found.groups()
    product = [product for product in products if product.kind == kind][int(number) - 1]
    text = product.variants[0].sku if what == "sku" else getattr(product, what)
    rows = [(product.id, 3)]
    if what == "called":
        rows = [(p.id, 3 if p.called == text and p.kind == kind else 2) for p in products if text in p.title]
    if form == "compact":
        text = re.sub(r"[^A-Za-z0-9]", "", text)
    return [(text.lower() if form else text, number, grade) for number, grade in rows]


def judgments(products):
    """(query, product id, grade), queries in the order of the list, products by grade and id."""
    judged, rules_of = [], {}
    known = {product.kind for product in products}
    for place, key, rest in lists.lines_of("queries.txt"):
        if key == "code":
            judged += code_judgments(rest, products, place)
        elif key == "query":
            rules = rules_of[rest] = []
        else:
            rules.append(parse_rule(key, rest, place))
            if unknown := rules[-1][1] - known:
                raise ValueError(f"{place}: no kind of product is called {', '.join(sorted(unknown))}")
    for query, rules in rules_of.items():
        graded = [(query, product.id, grade_of(product, rules)) for product in products]
        judged += [row for row in graded if row[2] is not None]
    order = {query: place for place, query in enumerate(dict.fromkeys(row[0] for row in judged))}
    return sorted(judged, key=lambda row: (order[row[0]], -row[2], row[1]))


def main():
    rows = judgments(catalogue.build())
    TARGET.write_text("".join(f"{query}\t{number}\t{grade}\n" for query, number, grade in rows), encoding="utf-8")
    print(f"{len(rows)} judgments of {len({row[0] for row in rows})} queries written to {TARGET.name}")


if __name__ == "__main__":
    main()
