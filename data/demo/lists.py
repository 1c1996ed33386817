"""Reads the curated lists of the sample shop: lists/*.txt. README.md describes their format."""

import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "lists"
COUNT_DEFAULT = 42  # products of a kind
PARTS = ("title", "open", "say", "end")  # lines that may repeat, one template each


@dataclass(frozen=True)
class Value:
    """One choice: what a text says, what the facet says, and what it does to the price."""

    text: str
    facet: str
    factor: float


@dataclass
class Kind:
    name: str
    place: str  # "electronics.txt:12", for messages
    language: str = "en"
    category: tuple = ()
    count: int = COUNT_DEFAULT
    noun: str = ""
    called: str = "{brand} {model}"  # how accessories speak of it
    price: tuple = ()
    models: list = field(default_factory=list)
    colours: list = field(default_factory=list)
    colours_min: int = 1
    colours_max: int = 1
    sizes: list = field(default_factory=list)
    attributes: dict = field(default_factory=dict)
    templates: dict = field(default_factory=lambda: {part: [] for part in PARTS})


def lines_of(name):
    """(place, key, rest) of each line that is neither blank nor a comment."""
    for number, line in enumerate((FOLDER / name).read_text(encoding="utf-8").splitlines(), 1):
        line = line.strip()
        if line and not line.startswith("#"):
            key, _, rest = line.partition(" ")
            yield f"{name}:{number}", key, rest.strip()


def value_of(text):
    """'schwarz=black *1.2': says "schwarz", the facet has "black", the price grows by a fifth."""
    factor = 1.0
    found = re.search(r" \*([0-9.]+)$", text)
    if found:
        factor, text = float(found[1]), text[: found.start()]
    said, _, facet = text.partition("=")
    return Value(said.strip(), (facet or said).strip(), factor)


def values_of(text):
    return [value_of(part.strip()) for part in text.split(" | ")]


def read_colours(kind, rest):
    """'2..4 of black | white | navy': how many of them one product comes in."""
    counts, _, names = rest.partition(" of ")
    low, _, high = counts.partition("..")
    kind.colours_min, kind.colours_max = int(low), int(high or low)
    kind.colours = values_of(names)


def read_line(kind, key, rest):
    if key in PARTS:
        kind.templates[key].append(rest)
    elif key == "in":
        kind.category = tuple(rest.split(" > "))
    elif key == "count":
        kind.count = int(rest)
    elif key in ("noun", "called"):
        setattr(kind, key, rest)
    elif key == "price":
        kind.price = tuple(float(bound) for bound in rest.split(".."))
    elif key == "model":
        kind.models = rest.split(" | ")
    elif key == "colours":
        read_colours(kind, rest)
    elif key == "sizes":
        kind.sizes = values_of(rest)
    else:
        kind.attributes[key] = values_of(rest)


def check(kind):
    wanted = {"in": len(kind.category) == 3, "price": len(kind.price) == 2}
    wanted |= {part: kind.templates[part] for part in ("title", "open", "say")}
    missing = [name for name, present in wanted.items() if not present]
    if missing:
        raise ValueError(f"{kind.place}: kind \"{kind.name}\" lacks {', '.join(missing)}")
    return kind


def read_kinds(name):
    """The kinds of one list, in its order. 'ending' lines before the first kind close the
    descriptions of kinds without an 'end' of their own."""
    kinds, endings, language = [], [], "en"
    for place, key, rest in lines_of(name):
        if key == "language":
            language = rest
        elif key == "ending":
            endings.append(rest)
        elif key == "kind":
            kinds.append(Kind(rest, place, language, noun=rest))
        else:
            read_line(kinds[-1], key, rest)
    for kind in kinds:
        kind.templates["end"] = kind.templates["end"] or endings
    return [check(kind) for kind in kinds]


DEPARTMENT_LISTS = ("electronics", "clothing", "groceries", "tools", "toys", "books", "home", "beauty")
LANGUAGE_LISTS = ("german", "french", "spanish", "chinese", "japanese")


def read_catalogue_lists():
    kinds = [kind for name in DEPARTMENT_LISTS + LANGUAGE_LISTS for kind in read_kinds(f"{name}.txt")]
    names = [kind.name for kind in kinds]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise ValueError(f"kinds listed twice: {', '.join(doubled)}")
    return kinds


def read_brands():
    """Department -> brands as values; the factor is how dear the brand is."""
    brands, department = {}, ""
    for _, key, rest in lines_of("brands.txt"):
        if key == "department":
            department = rest
        else:
            brands.setdefault(department, []).append(value_of(f"{key} {rest}".strip()))
    return brands


def read_reviews():
    """(language, rating) -> templates, and the first names of authors."""
    texts, names, language = {}, [], "en"
    for _, key, rest in lines_of("reviews.txt"):
        if key == "language":
            language = rest
        elif key == "names":
            names += rest.split(" | ")
        else:
            texts.setdefault((language, int(key)), []).append(rest)
    return texts, names
