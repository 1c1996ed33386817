"""More products than there are real titles, made the way shops get them; called scaled wherever it is reported.

A further product begins with a product of its category (drawn as the real ones are distributed) and is one of

  variant    55 %: that product in another colour and size; a word that names a colour or holds digits is replaced by one
                   that the category uses as often as it is drawn, or a colour is added
  recombined 45 %: the beginning of its title, with its brand, and the end of another title of the category

Both kinds of ancestor may be scaled products themselves, one in four times, so that new words come again. Words never seen
before are model numbers in the shape of a real one, every letter and digit drawn anew; one is put into a title whenever the
vocabulary is below the Heaps curve of the real titles, V = 16.3 N^0.616 for N words. Never a copy, and never a word of
random letters where a real title has none.
"""

import math
import random
from collections import Counter, defaultdict

SEED = 20240602
VARIANTS = 0.55
SCALED_ANCESTORS = 0.25
HEAPS_FACTOR, HEAPS_EXPONENT = 16.3, 0.616
LETTERS = "abcdefghijklmnoprstuvwxyz"  # q is as good as absent from model numbers
REMEMBERED = 200_000  # scaled products that may become ancestors: the latest


def has_digit(word):
    return any(character.isdigit() for character in word)


def is_size(word):
    return word[0].isdigit() and len(word) < 6


def slope(points):
    """Least squares through (log x, log y)."""
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return (sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs))


class Vocabulary:
    """The words so far, and how their number grew."""

    def __init__(self, words_of):
        self.words_of = words_of
        self.counts = Counter()
        self.words = 0
        self.curve = []  # words read, words known
        self.next_point = 10_000

    def add(self, title):
        words = self.words_of(title)
        self.counts.update(words)
        self.words += len(words)
        if self.words >= self.next_point:
            self.curve.append((self.words, len(self.counts)))
            self.next_point = int(self.next_point * 1.25)

    def is_behind(self):
        return len(self.counts) < HEAPS_FACTOR * self.words**HEAPS_EXPONENT


class Scaler:
    def __init__(self, real, columns):
        from catalogue import COLOURS, words_of
        self.real = real
        self.columns = columns
        self.words_of = words_of
        self.colours = set(COLOURS)
        self.rng = random.Random(SEED)
        self.vocabulary = Vocabulary(words_of)
        self.scaled = []
        self.made = Counter()
        self.titles = set()
        self.duplicates = 0
        self.by_category = defaultdict(list)
        self.shapes = []
        for _, title in real:
            words = title.split()
            self.by_category[self.category(title)].append(title)
            self.shapes += [word for word in words if len(word) >= 5 and has_digit(word) and word.isalnum() and word.isascii()]
        self.category_colours = {category: [word for title in titles for word in words_of(title) if word in self.colours]
                                 for category, titles in self.by_category.items()}
        self.category_sizes = {category: [word for title in titles for word in title.split() if is_size(word)]
                               for category, titles in self.by_category.items()}

    def category(self, title):
        return self.columns.category(self.words_of(title))

    def rows(self, products):
        for source, title in self.real:
            yield self.noted(source, title)
        for _ in range(products - len(self.real)):
            row = self.noted(*self.one())
            if len(self.scaled) < REMEMBERED:
                self.scaled.append(row)
            else:
                self.scaled[self.rng.randrange(REMEMBERED)] = row
            yield row

    def noted(self, source, title):
        self.vocabulary.add(title)
        self.duplicates += hash(title) in self.titles  # 64 bits: a title of its own is taken for another once in 10^6 runs
        self.titles.add(hash(title))
        return source, title

    def one(self):
        ancestors = self.scaled if self.scaled and self.rng.random() < SCALED_ANCESTORS else self.real
        source, title = ancestors[int(self.rng.random() * len(ancestors))]
        category = self.category(title)
        category = category if category in self.category_sizes else "other"  # no real title ends as this one does
        kind = "variant" if self.rng.random() < VARIANTS else "recombined"
        words = self.variant(title.split(), category) if kind == "variant" else self.recombined(title.split(), category)
        if self.vocabulary.is_behind():
            self.with_model(words)
            self.made["model_numbers"] += 1
        self.made[kind] += 1
        return source, " ".join(words)

    def drawn(self, words):
        return words[int(self.rng.random() * len(words))] if words else None

    def variant(self, words, category):
        colour = self.drawn(self.category_colours[category])
        size = self.drawn(self.category_sizes[category])
        coloured = False
        for place, word in enumerate(words):
            if colour and word.lower().strip("(),") in self.colours:
                words[place], coloured = colour.capitalize(), True
            elif size and is_size(word):
                words[place], size = size, None
        if not coloured:
            words.append((colour or self.drawn(sorted(self.colours))).capitalize())
        return words

    def recombined(self, words, category):
        other = self.drawn(self.by_category[category]).split()
        head = max(1, (len(words) + 1) // 2)
        return words[:head] + other[len(other) // 2:]

    def with_model(self, words):
        shape = self.drawn(self.shapes)
        model = "".join(str(self.rng.randrange(10)) if c.isdigit() else
                        (self.drawn(LETTERS).upper() if c.isupper() else self.drawn(LETTERS)) for c in shape)
        places = [place for place, word in enumerate(words) if len(word) >= 5 and has_digit(word)]
        if places:
            words[places[0]] = model
        else:
            words.append(model)

    def report(self):
        vocabulary, curve = self.vocabulary, self.vocabulary.curve
        once = sum(count == 1 for count in vocabulary.counts.values())
        digits = sum(has_digit(word) for word in vocabulary.counts)
        ranked = sorted(vocabulary.counts.values(), reverse=True)
        zipf = [(rank, ranked[rank - 1]) for rank in (100, 300, 1000, 3000, 10_000, 30_000) if rank <= len(ranked)]
        real_words = sum(len(self.words_of(title)) for _, title in self.real)
        return {"scaled": True, **self.made, "words": vocabulary.words, "vocabulary": len(vocabulary.counts),
                "heaps_target": round(HEAPS_FACTOR * vocabulary.words**HEAPS_EXPONENT),
                "heaps_slope_real": round(slope([p for p in curve if p[0] <= real_words]), 3),
                "heaps_slope_scaled": round(slope([p for p in curve if p[0] > real_words][-8:] or curve), 3),
                "zipf_slope": round(slope(zipf), 3), "once_share": round(once / len(vocabulary.counts), 3),
                "digit_share": round(digits / len(vocabulary.counts), 3),
                "duplicate_titles": self.duplicates, "duplicate_share": round(self.duplicates / len(self.titles), 4),
                "heaps_curve": curve}
