"""Turns a template into a sentence: [this|that] alternatives, {slots}, and the small rules of English."""

import re

ALTERNATIVES = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([^{}]+)\}")
ARTICLE = re.compile(r"\b([Aa]) (?=(\S+))")
VOWEL_SOUND = re.compile(r"(?:[aeiou]|hour|honest|8|11\b|18\b|(?:SD|LED|HD|SSD|LCD|SPF|XL|XS)\b)", re.IGNORECASE)
CONSONANT_SOUND = re.compile(r"(?:one|uni|us[ea]|usb|uv|eu)", re.IGNORECASE)


def pick(rng, choices):
    return choices[rng.randrange(len(choices))]


def title_case(text):
    """'dark green' -> 'Dark Green'; leaves units and capitals alone."""
    small = {"of", "and", "with", "for", "in", "the", "a", "l", "ml", "g", "kg", "mm", "cm", "m", "x", "h", "to"}
    words = [word if word in small and place else word[:1].upper() + word[1:] for place, word in enumerate(text.split(" "))]
    return " ".join(words)


def with_articles(text):
    """'a orange lamp' -> 'an orange lamp'."""

    def article(found):
        word = found[2].lstrip("\"'(")
        vowel = VOWEL_SOUND.match(word) and not CONSONANT_SOUND.match(word)
        return found[1] + ("n " if vowel else " ")

    return ARTICLE.sub(article, text)


def fill(template, slots, rng):
    """`slots` maps a name to its text; a name with a capital asks for the text in title case."""

    def slot(found):
        name = found[1]
        if name in slots:
            return slots[name]
        return title_case(slots[name[0].lower() + name[1:]])

    chosen = ALTERNATIVES.sub(lambda found: pick(rng, found[1].split("|")), template)
    return re.sub(r"  +", " ", SLOT.sub(slot, chosen)).strip()


def sentence(template, slots, rng, language):
    text = fill(template, slots, rng)
    if language == "en":
        text = with_articles(text)
    return text[:1].upper() + text[1:]


def enumeration(words, language):
    """'black, white and navy'."""
    last = {"en": " and ", "de": " und ", "fr": " et ", "es": " y ", "zh": "和", "ja": "と"}[language]
    comma = "、" if language in ("zh", "ja") else ", "
    return words[0] if len(words) == 1 else comma.join(words[:-1]) + last + words[-1]
