"""Builds the sample shop's catalogue from its lists. Same lists, same catalogue: each kind of product has a random
stream of its own, seeded by its name, so editing one kind leaves the others as they are."""

import datetime
import math
import random
import re
from dataclasses import dataclass, field

import lists
from wording import enumeration, fill, pick, sentence

SEED = "aisle sample shop 1"
FIRST_ID = 10001
BRANDS_PER_KIND = 9
ATTEMPTS_MAX = 500  # to find a title or model number that is not taken
REVIEWS_MAX = 150
RELEASED_FROM = datetime.date(2016, 1, 4)
RELEASED_DAYS = 3800  # up to the middle of 2026
EAN_PRIME = 9_999_999_967  # the largest prime below 10^10: spreads ids over ten digits, each once
SENTENCES_MAX = 4  # of a description
SENTENCE_END = re.compile(r"[.!?](?= |$)|[。！？]")
LETTERS = "ABCDEFGHKLMNPRSTVWXZ"


@dataclass
class Variant:
    sku: str
    colour: str = None
    size: str = None
    material: str = None


@dataclass
class Review:
    rating: int
    author: str
    text: str


@dataclass
class Product:
    id: int
    kind: str
    language: str
    category: tuple
    brand: str
    title: str
    description: str
    ean: str
    model: str
    released: datetime.date
    created_at: str
    price_cents: int
    list_price_cents: int
    stock: int
    called: str
    attributes: dict  # name -> facet value, for the judged queries
    variants: list = field(default_factory=list)
    reviews: list = field(default_factory=list)


def check_digit(digits):
    """Of an EAN-13: weights 1 and 3 in turn."""
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10


def ean_of(product_id):
    """In the range 20-29, which is kept for use inside shops: no real product has such a number."""
    digits = f"2{product_id % 10}{product_id * 4_827_101_357 % EAN_PRIME:010d}"
    return digits + str(check_digit(digits))


def model_number(pattern, rng):
    """'KX-##00@': # is a digit (the first one of a run is not 0), @ a letter."""
    text = re.sub(r"(?<!#)#", lambda _: str(rng.randrange(1, 10)), pattern)
    text = text.replace("#", "\0")
    text = re.sub("\0", lambda _: str(rng.randrange(10)), text)
    return re.sub("@", lambda _: pick(rng, LETTERS), text)


def sku_mark(name, letters):
    """'dark green' -> 'DARGRE' with 3 letters of each word; None without a name."""
    if name is None:
        return None
    return "".join(re.sub("[^A-Z0-9]", "", word.upper())[:letters] for word in name.split())


def shop_price(amount, rng):
    """The nearest price a shop would ask, in cents: x.99 or x.49, from 200 up 10 less one cent."""
    if amount >= 200:
        return round(amount / 10) * 1000 - 1
    whole = max(0, int(amount))
    return whole * 100 + (99 if rng.random() < 0.65 else 49)


def review_count(rng):
    if rng.random() < 0.05:
        return 0
    mean = 45 if rng.random() < 0.06 else 6
    return 1 + min(REVIEWS_MAX - 1, int(rng.expovariate(1 / mean)))


class KindBuilder:
    """Makes the products of one kind. `shop` holds what must be unique and what accessories may refer to."""

    def __init__(self, kind, shop):
        self.kind, self.shop = kind, shop
        self.rng = random.Random(f"{SEED}/{kind.name}")
        self.brands = self.some(shop.brands[kind.category[0]], BRANDS_PER_KIND)

    def some(self, values, count):
        left = list(values)
        while len(left) > count:
            left.pop(self.rng.randrange(len(left)))
        return left

    def unique(self, make, taken, what):
        for _ in range(ATTEMPTS_MAX):
            text = make()
            if text.lower() not in taken:
                taken.add(text.lower())
                return text
        raise ValueError(f"{self.kind.place}: no {what} left for kind \"{self.kind.name}\", add choices or lower its count")

    def choose(self):
        """One product's choices: attributes, colours, sizes."""
        kind, rng = self.kind, self.rng
        chosen = {name: pick(rng, values) for name, values in kind.attributes.items()}
        chosen["brand"] = pick(rng, self.brands)
        colours = []
        if kind.colours:
            colours = self.some(kind.colours, rng.randrange(kind.colours_min, kind.colours_max + 1))
            chosen["colour"] = colours[0]
        sizes = kind.sizes
        if len(sizes) > 3:
            sizes = sizes[rng.randrange(2) : len(sizes) - rng.randrange(2)]
        return chosen, colours, sizes

    def slots(self, chosen, colours, model):
        slots = {name: value.text.replace(" + ", " and ") for name, value in chosen.items()}
        slots["model"] = model or ""
        if colours:
            slots["colours"] = enumeration([colour.text for colour in colours], self.kind.language)
        text = " ".join(sum(self.kind.templates.values(), []))
        for other in re.findall(r"\{for ([^}]+)\}", text):
            slots[f"for {other}"] = pick(self.rng, self.shop.called[other])
        return slots

    def description(self, slots):
        kind, rng = self.kind, self.rng
        templates = kind.templates
        chosen = [pick(rng, templates["open"])] + self.some(templates["say"], rng.randrange(1, 3))
        said = [sentence(template, slots, rng, kind.language) for template in chosen]
        short = len(SENTENCE_END.findall(" ".join(said))) < SENTENCES_MAX
        if templates["end"] and short and (len(said) < 3 or rng.random() < 0.4):
            said.append(sentence(pick(rng, templates["end"]), slots, rng, kind.language))
        return ("" if kind.language in ("zh", "ja") else " ").join(said)

    def variants(self, product_id, chosen, colours, sizes):
        material = chosen["material"].facet if "material" in chosen else None
        prefix = f"{self.kind.category[0][:2].upper()}-{product_id}"
        variants = []
        for colour in colours or [None]:
            for size in sizes or [None]:
                colour_name, size_name = colour.facet if colour else None, size.facet if size else None
                sku = "-".join(filter(None, (prefix, sku_mark(colour_name, 3), sku_mark(size_name, 9))))
                variants.append(Variant(sku, colour_name, size_name, material))
        return variants

    def prices(self, chosen):
        low, high = self.kind.price
        amount = low * math.pow(high / low, self.rng.random())
        for value in chosen.values():
            amount *= value.factor
        price = shop_price(amount, self.rng)
        if self.rng.random() >= 0.3:
            return price, price
        return price, max(price, shop_price(price / 100 * (1.1 + 0.4 * self.rng.random()), self.rng))

    def reviews(self):
        rng = self.rng
        quality = 3.0 + 1.8 * rng.random()
        texts, names = self.shop.review_texts, self.shop.review_names
        found = []
        for _ in range(review_count(rng)):
            rating = min(5, max(1, round(rng.gauss(quality, 0.9))))
            text = sentence(pick(rng, texts[self.kind.language, rating]), {"noun": self.kind.noun}, rng, self.kind.language)
            found.append(Review(rating, f"{pick(rng, names)} {pick(rng, LETTERS)}.", text))
        return found

    def dates(self):
        released = RELEASED_FROM + datetime.timedelta(days=self.rng.randrange(RELEASED_DAYS))
        created = released - datetime.timedelta(days=self.rng.randrange(1, 40))
        return released, f"{created} {self.rng.randrange(6, 20):02d}:{self.rng.randrange(60):02d}:00+00"

    def product(self, product_id):
        kind, rng, shop = self.kind, self.rng, self.shop
        made = {}

        def title():
            made["choice"] = self.choose()
            chosen, colours, _ = made["choice"]
            made["slots"] = self.slots(chosen, colours, model)
            text = fill(pick(rng, kind.templates["title"]), made["slots"], rng)
            return text[:1].upper() + text[1:]

        model = None
        if kind.models:
            model = self.unique(lambda: model_number(pick(rng, kind.models), rng), shop.models, "model number")
        name = self.unique(title, shop.titles, "title")
        chosen, colours, sizes = made["choice"]
        price, list_price = self.prices(chosen)
        released, created = self.dates()
        called = fill(kind.called, made["slots"], rng)
        shop.called.setdefault(kind.name, []).append(called)
        return Product(
            id=product_id, kind=kind.name, language=kind.language, category=kind.category, brand=chosen["brand"].facet,
            title=name, description=self.description(made["slots"]), ean=ean_of(product_id), model=model,
            released=released, created_at=created, price_cents=price, list_price_cents=list_price,
            stock=0 if rng.random() < 0.08 else 1 + int(rng.expovariate(1 / 60)), called=called,
            attributes={key: value.facet for key, value in chosen.items()},
            variants=self.variants(product_id, chosen, colours, sizes), reviews=self.reviews())


class Shop:
    """What all kinds share while the catalogue is made."""

    def __init__(self):
        self.brands = lists.read_brands()
        self.review_texts, self.review_names = lists.read_reviews()
        self.titles, self.models, self.called = set(), set(), {}


def build():
    """The whole catalogue, ordered by id."""
    shop, products = Shop(), []
    for kind in lists.read_catalogue_lists():
        builder = KindBuilder(kind, shop)
        for _ in range(kind.count):
            products.append(builder.product(FIRST_ID + len(products)))
    return products
