"""The style sheet knows the view and the page before the browser sees it."""

import re

import pytest

from lossviz.web.frame import STYLE, style
from pages import all_pages

HIDDEN = 'body{} [data-testid="stHeader"] {{ display: none; }}'


@pytest.mark.parametrize(("view", "hides"), [("page", 0), ("embed", 1), ("present", 1)])
def test_the_header_is_hidden_where_the_view_says_so_and_no_browser_looks_for_views_and_pages(
    view: str, hides: int
) -> None:
    for page in all_pages():
        sheet = style(view, page.path)
        assert not re.search(r":has\(\.(view|page)-", sheet)
        assert sheet.count(HIDDEN.format(":not(.never)")) == hides
        assert sheet.count(HIDDEN.format(".never")) == 2 - hides


def test_every_view_and_page_of_the_style_sheet_is_there() -> None:
    named = set(re.findall(r"\.((?:view|page)-\w+)", STYLE.read_text("utf-8")))
    assert named <= {"view-page", "view-embed", "view-present"} | {f"page-{page.path}" for page in all_pages()}
