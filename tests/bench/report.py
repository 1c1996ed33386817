"""The comparison as a table for terminals and documents, and as a picture."""

import json
import math
from html import escape

WORDS = {"and": "all words, top 10", "filtered": "+ price range, in stock", "sorted": "all words, by price",
         "faceted": "filtered, 3 facets, by price", "browse": "category, 3 facets, by sales", "prefix": "beginning of a word",
         "typo1": "one typo", "typo2": "two typos", "shop": "as a shop asks"}
COLOURS = ("#1f5fbf", "#93b7ea", "#c2410c", "#eab08f", "#15803d", "#7e22ce", "#a16207", "#0e7490", "#be185d", "#4b5563")


def megabytes(value):
    return f"{value / 1e6:,.0f}" if value else "-"


def engine_table(figures):
    lines = ["| engine | products/s | per core second | index, MB | memory, MB: own / mapped files |",
             "|---|--:|--:|--:|--:|"]
    for name, engine in figures["engines"].items():
        if name == "aisle-all":
            continue
        rate = figures["products"] / engine["seconds"] if engine.get("seconds") else 0
        per_core = figures["products"] / engine["cpu_seconds"] if engine.get("cpu_seconds") else 0
        lines.append(f"| {engine.get('engine', engine['title'])} | {rate:,.0f} | {f'{per_core:,.0f}' if per_core else '-'} | {megabytes(engine['index_bytes'])} | "
                     f"{megabytes(engine.get('anonymous_bytes'))} / {megabytes(engine.get('mapped_bytes'))} |")
    return lines


def class_table(figures):
    lines = ["| queries | engine | mean, ms | p50 | p99 | aisle / engine: mean | p99 | same number of matches | same facet counts |",
             "|---|---|--:|--:|--:|--:|--:|--:|--:|"]
    for query_class, results in figures["classes"].items():
        label = WORDS.get(query_class, query_class)
        for name, one in results.items():
            told = figures["engines"][name]
            facets = f"{100 * one['facets_equal']:.1f} %" if "facets_equal" in one else ""
            ratios = "| | | |" if name == "aisle" else \
                f"| {one['ratio_mean']:.2f} | {one['ratio_p99']:.2f} | {100 * one['equal']:.1f} % | {facets} |"
            lines.append(f"| {label} | {told['title']} | {one['mean']:.3f} | {one['p50']:.3f} | {one['p99']:.2f} {ratios}")
            label = ""
    return lines


def table(figures):
    machine = figures["machine"]
    lines = [f"{figures['products']:,} products; {machine['processor']}, {machine['cores']} cores; {machine['date']} UTC", ""]
    lines += engine_table(figures) + [""] + class_table(figures)
    lines += [""] + [f"left out: {title}: {why}" for title, why in figures["left_out"].items()]
    return "\n".join(lines)


def chart(figures):
    """Mean of each engine and class as bars from left to right, with a tick at p99, on one logarithmic scale."""
    names = list(figures["engines"])
    rows = [(query_class, [(name, results[name]) for name in names if name in results])
            for query_class, results in figures["classes"].items()]
    left, width, bar, gap = 190, 700, 11, 16
    values = [value for _, results in rows for _, one in results for value in (one["mean"], one["p99"])]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(value):
        return left + width * (math.log10(value) - low) / (high - low)

    height = 60 + sum(gap + bar * len(results) for _, results in rows) + 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 60}" height="{height}" font-family="sans-serif" '
             f'font-size="11"><rect width="100%" height="100%" fill="#fff"/>',
             f'<text x="10" y="18" font-size="13">{figures["products"]:,} products: mean of a query (bar) and p99 (line), '
             'milliseconds on a logarithmic scale</text>']
    for index, name in enumerate(names):
        parts.append(f'<rect x="{10 + 110 * index}" y="28" width="9" height="9" fill="{COLOURS[index % len(COLOURS)]}"/>'
                     f'<text x="{23 + 110 * index}" y="37">{escape(figures["engines"][name]["title"][:17])}</text>')
    for power in range(low, high + 1):
        parts.append(f'<line x1="{x(10**power):.1f}" x2="{x(10**power):.1f}" y1="48" y2="{height - 30}" stroke="#ddd"/>'
                     f'<text x="{x(10**power):.1f}" y="{height - 15}" text-anchor="middle">{10**power:g} ms</text>')
    y = 56
    for query_class, results in rows:
        parts.append(f'<text x="{left - 8}" y="{y + bar * len(results) / 2 + 4:.0f}" text-anchor="end">'
                     f'{escape(WORDS.get(query_class, query_class))}</text>')
        for name, one in results:
            colour = COLOURS[names.index(name) % len(COLOURS)]
            parts.append(f'<rect x="{left}" y="{y}" width="{max(1, x(one["mean"]) - left):.1f}" height="{bar - 2}" fill="{colour}"/>'
                         f'<line x1="{x(one["mean"]):.1f}" x2="{x(one["p99"]):.1f}" y1="{y + bar / 2 - 1}" y2="{y + bar / 2 - 1}" '
                         f'stroke="{colour}"/><line x1="{x(one["p99"]):.1f}" x2="{x(one["p99"]):.1f}" y1="{y + 1}" y2="{y + bar - 3}" '
                         f'stroke="{colour}" stroke-width="2"/>')
            y += bar
        y += gap
    return "\n".join(parts + ["</svg>"])


def curve_chart(sizes, statistic="p99"):
    """A panel for each class: `statistic` over the number of products, both logarithmic, a line for each engine."""
    classes = list(sizes[0]["classes"])
    names = [name for name in sizes[0]["engines"] if all(name in one["engines"] for one in sizes)]
    xs = [one["products"] for one in sizes]
    width, height, left, top, columns = 250, 170, 50, 60, 3
    values = [one["classes"][c][name][statistic] for one in sizes for c in classes for name in names if name in one["classes"][c]]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    rows = (len(classes) + columns - 1) // columns
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{columns * (width + left + 15)}" height="{top + rows * (height + 50)}" '
             'font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>',
             f'<text x="10" y="18" font-size="13">{statistic} of a query in milliseconds over the number of products</text>']
    for index, name in enumerate(names):
        parts.append(f'<rect x="{10 + 110 * index}" y="28" width="9" height="9" fill="{COLOURS[index]}"/>'
                     f'<text x="{23 + 110 * index}" y="37">{escape(sizes[0]["engines"][name]["title"])}</text>')
    for number, query_class in enumerate(classes):
        x0, y0 = left + (number % columns) * (width + left + 10), top + (number // columns) * (height + 50)

        def x(products):
            return x0 + width * math.log(products / xs[0]) / math.log(xs[-1] / xs[0])

        def y(value):
            return y0 + height - height * (math.log10(value) - low) / (high - low)

        parts.append(f'<rect x="{x0}" y="{y0}" width="{width}" height="{height}" fill="none" stroke="#bbb"/>'
                     f'<text x="{x0}" y="{y0 - 6}" font-weight="bold">{escape(WORDS.get(query_class, query_class))}</text>')
        for power in range(low, high + 1):
            parts.append(f'<text x="{x0 - 6}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10**power:g}</text>'
                         f'<line x1="{x0}" x2="{x0 + width}" y1="{y(10**power):.1f}" y2="{y(10**power):.1f}" stroke="#eee"/>')
        for products in xs:
            parts.append(f'<text x="{x(products):.1f}" y="{y0 + height + 14}" text-anchor="middle">{products / 1e6:.3g} M</text>')
        for index, name in enumerate(names):
            points = [(x(one["products"]), y(one["classes"][query_class][name][statistic])) for one in sizes
                      if name in one["classes"][query_class]]
            line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
            parts.append(f'<polyline fill="none" stroke="{COLOURS[index]}" stroke-width="1.6" points="{line}"/>')
            parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="2.5" fill="{COLOURS[index]}"/>' for a, b in points]
    return "\n".join(parts + ["</svg>"])


def curve_table(sizes):
    head = " | ".join(f"{one['products'] / 1e6:.3g} M" for one in sizes)
    lines = [f"| queries | engine, mean / p99 in ms | {head} | p99: last to first |", "|---|---" + "|--:" * (len(sizes) + 1) + "|"]
    for query_class in sizes[0]["classes"]:
        label = WORDS.get(query_class, query_class)
        for name in sizes[0]["engines"]:
            if not all(name in one["classes"].get(query_class, {}) for one in sizes):
                continue
            told = [one["classes"][query_class][name] for one in sizes]
            cells = " | ".join(f"{one['mean']:.2f} / {one['p99']:.2f}" for one in told)
            lines.append(f"| {label} | {sizes[0]['engines'][name]['title']} | {cells} | {told[-1]['p99'] / told[0]['p99']:.1f} |")
            label = ""
    return "\n".join(lines)


def write(figures, folder):
    """The comparison of one catalogue: comparison-N.json, .md and .svg."""
    name = f"comparison-{figures['products']}"
    (folder / f"{name}.json").write_text(json.dumps(figures, indent=1), encoding="utf-8")
    (folder / f"{name}.md").write_text(table(figures) + "\n", encoding="utf-8")
    (folder / f"{name}.svg").write_text(chart(figures), encoding="utf-8")


def write_curve(sizes, folder):
    (folder / "curve.md").write_text(curve_table(sizes) + "\n", encoding="utf-8")
    (folder / "curve.svg").write_text(curve_chart(sizes), encoding="utf-8")
    print(curve_table(sizes))
