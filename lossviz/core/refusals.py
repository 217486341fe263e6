"""What a link may say where it was refused, in words. What came from the link is text, never markup."""

import re
from collections.abc import Sequence

from lossviz.core.refused import Refused, Why
from lossviz.core.text import Text, minus

MOST_NAMES = 6
"""Most names of a choice that a sentence lists."""
LONGEST = 20
"""Most characters of a refused value that are shown."""
NUMBER = r"-?[0-9]*\.?[0-9]+(?:e[-+]?[0-9]+)?"
WORD = r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
"""What means nothing but itself in Markdown."""


def refusals(keys: Sequence[str], text: Text) -> str:
    """Return what is wrong with the keys of a link, as Markdown: first those of which nothing more is known."""
    whys = {key: key.why if isinstance(key, Refused) else None for key in keys}
    bare = [text(f"link_key_{key}") for key, why in whys.items() if not why]
    said = [sentence(key, why, text) for key, why in whys.items() if why]
    return text("list_semicolon").join([text("list_comma").join(bare), *said] if bare else said)


def sentence(key: str, why: Why, text: Text) -> str:
    """Return what a key must be and what came instead, as Markdown: "target (t) must lie between 0 and 1, not −0.3"."""
    name = text(f"link_key_{key}")
    spelled = [literal(word) for word in why.allowed]
    low, high = spelled if len(spelled) == 2 else ("", "")
    return text(
        f"link_must_{why.rule}",
        what=text("link_part", what=name) if why.part else name,
        names=text("list_nouns").join([*spelled[:MOST_NAMES], *("…" for _ in spelled[MOST_NAMES:][:1])]),
        low=low,
        high=high,
        came=cut(why.came) if why.came else text("link_empty"),
    )


def cut(came: str) -> str:
    """Return the beginning of what came, as Markdown that shows exactly that."""
    return literal(came[:LONGEST]) + ("…" if len(came) > LONGEST else "")


def literal(word: str) -> str:
    """Return Markdown that shows these characters and nothing else: a number, a plain word, or else code.

    Code, as nothing inside is a link, markup, a formula or an icon; a backslash would not do, since Streamlit's Markdown
    makes links of bare addresses after it has dropped the backslashes. Line ends, and whatever else cannot be printed,
    become "�". Of the blanks at both ends Markdown drops one each.
    """
    if re.fullmatch(NUMBER, word):
        return minus(word)
    if re.fullmatch(WORD, word):
        return word
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in word)
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    blank = " " if shown.strip() else ""
    return f"{fence}{blank}{shown}{blank}{fence}"
