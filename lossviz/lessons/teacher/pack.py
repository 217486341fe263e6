"""What ``lossviz pack`` writes: a unit's documents, pictures and links as files, the same bytes for the same input."""

from lossviz.lessons.pictures import solved_picture
from lossviz.lessons.plans import Unit
from lossviz.lessons.teacher.documents import file_of
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.projected import class_link, list_link, projected

KINDS = ("plan", "key", "handout")
PICTURES = "pictures"
"""The folder of the pictures."""
LIST = "links.txt"


def packed(unit: Unit, edition: Edition) -> dict[str, bytes]:
    """Return the files of a unit, by their names."""
    documents = {f"{kind}.html": file_of(kind, unit, edition).encode() for kind in KINDS}
    drawn = {card.name: solved_picture(card.name, edition.text.lang) for card in unit.cards}
    pictures = {
        f"{PICTURES}/{number:02}-{name.replace('/', '-')}.svg": picture
        for number, (name, picture) in enumerate(drawn.items(), 1)
        if picture
    }
    return {**documents, LIST: listed(unit, edition).encode(), **pictures}


def listed(unit: Unit, edition: Edition) -> str:
    """Return the links of a unit as plain text: for learners, the list for the projector, then card by card."""
    text = edition.text
    entries = projected(unit.cards, text)
    lines = [text("link_for_learners"), class_link(unit, edition), ""]
    lines += [text("link_for_projector"), list_link(entries, edition)]
    for entry, card in zip(entries, unit.cards, strict=True):
        lines += ["", entry.name, entry.note, edition.card(card), edition.projected(card)]
    return "\n".join([*lines, ""])
