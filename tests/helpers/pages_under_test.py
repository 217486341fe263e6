"""The pages that have parts, and states of them worth a look."""

from typing import Any

from lossviz.core.desk import Desk
from lossviz.web.session import Page
from pages import all_pages

PAGES = {page.path: page for page in all_pages() if page.parts}
QUERIES: dict[str, list[dict[str, str]]] = {
    "lab": [{}, {"mode": "label"}],
    "race": [{}, {"tab": "all"}],
    "decode": [{}, {"tab": "tensor"}, {"tab": "passthrough"}],
    "zoo": [{"x": "1.5"}, *({"tab": tab} for tab in ("reductions", "distributions", "stability"))],
    "overlap": [{}, *({"check": check} for check in ("iou", "giou", "laws", "rules"))],
    "objectness": [{}, {"see": "race"}, {"see": "darknet"}],
}


def desk_of(page: Page, query: dict[str, str]) -> Desk[Any]:
    assert page.reads
    state, bad = page.reads(query)
    assert bad == ()
    return page.desk(state, state, page.reads({})[0])
