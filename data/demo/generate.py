#!/usr/bin/env python3
"""Writes the sample shop: CSV files for PostgreSQL's COPY, or the same catalogue as JSON records, one a line.

    generate.py --format sql --out DIR       then: psql -v dir=DIR -f load.sql
    generate.py --format jsonl --out FILE    the rows that the document query of products.json returns
"""

import argparse
import csv
import json
from pathlib import Path

import catalogue


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def rating_of(product):
    """The average to one decimal, half away from zero like PostgreSQL's round(); None without reviews."""
    count = len(product.reviews)
    if not count:
        return None
    total = sum(review.rating for review in product.reviews)
    return (20 * total + count) // (2 * count) / 10


def distinct(values):
    return sorted({value for value in values if value is not None})


def materials_of(product):
    return distinct(part for variant in product.variants if variant.material for part in variant.material.split(" + "))


def record_of(product):
    """The document query's row."""
    return {
        "id": product.id,
        "title": product.title,
        "description": product.description,
        "brand": product.brand,
        "category": " > ".join(product.category),
        "colour": distinct(variant.colour for variant in product.variants),
        "size": distinct(variant.size for variant in product.variants),
        "material": materials_of(product),
        "ean": product.ean,
        "sku": distinct(variant.sku for variant in product.variants),
        "model": product.model,
        "language": product.language,
        "released": product.released.isoformat(),
        "price": product.price_cents / 100,
        "list_price": product.list_price_cents / 100,
        "stock": product.stock,
        "in_stock": product.stock > 0,
        "rating": rating_of(product),
        "review_count": len(product.reviews),
    }


def category_rows(products):
    """(id, parent id, name) of every level, parents first."""
    paths = {}
    for product in products:
        for depth in range(1, len(product.category) + 1):
            paths.setdefault(product.category[:depth], len(paths) + 1)
    return paths, [(number, paths.get(path[:-1]), path[-1]) for path, number in paths.items()]


def tables_of(products):
    """Table -> (columns, rows), in the order in which they can be loaded."""
    categories, rows = category_rows(products)
    brands = {name: number for number, name in enumerate(dict.fromkeys(p.brand for p in products), 1)}
    return {
        "brands": (("id", "name"), [(number, name) for name, number in brands.items()]),
        "categories": (("id", "parent_id", "name"), rows),
        "products": (
            ("id", "title", "description", "brand_id", "category_id", "ean", "model", "language", "released", "created_at"),
            [(p.id, p.title, p.description, brands[p.brand], categories[p.category], p.ean, p.model, p.language,
              p.released, p.created_at) for p in products]),
        "variants": (
            ("product_id", "sku", "colour", "size", "material"),
            [(p.id, v.sku, v.colour, v.size, v.material) for p in products for v in p.variants]),
        "prices": (
            ("product_id", "price", "list_price"),
            [(p.id, money(p.price_cents), money(p.list_price_cents)) for p in products]),
        "inventory": (("product_id", "stock"), [(p.id, p.stock) for p in products]),
        "reviews": (
            ("product_id", "id", "rating", "author", "text"),
            [(p.id, number, r.rating, r.author, r.text) for p in products for number, r in enumerate(p.reviews, 1)]),
    }


def write_sql(products, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in tables_of(products).items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows(rows)


def write_jsonl(products, path):
    with open(path, "w", encoding="utf-8") as file:
        for product in products:
            file.write(json.dumps(record_of(product), ensure_ascii=False) + "\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--format", choices=("sql", "jsonl"), required=True)
    arguments.add_argument("--out", type=Path, required=True, help="a folder for sql, a file for jsonl")
    given = arguments.parse_args()
    products = catalogue.build()
    (write_sql if given.format == "sql" else write_jsonl)(products, given.out)
    print(f"{len(products)} products written to {given.out}")


if __name__ == "__main__":
    main()
