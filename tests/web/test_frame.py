"""The style sheet knows the view and the page before the browser sees it; headings and deeds that are heard."""

import re
from pathlib import Path

import pytest

import lossviz
from lossviz.core.visit import Visit
from lossviz.web.frame import NARROW, STYLE, announced, style, title
from lossviz.web.session import Memory
from pages import all_pages

LOSSVIZ = Path(lossviz.__file__).parent
PAGES = {page.path: page for page in all_pages()}
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


def test_in_a_frame_a_phones_layout_begins_at_a_smaller_width() -> None:
    widths = re.compile(r"\((?:max|min)-width: (?:640|641|559\.9|560)px\)")
    page, embed = (widths.findall(style(view, "lab")) for view in ("page", "embed"))
    assert {*page} == {"(max-width: 640px)", "(min-width: 641px)"}
    assert embed == [NARROW[width] for width in page]


def test_a_page_without_a_title_of_its_own_has_one_that_is_heard() -> None:
    titled = {path for path in PAGES if "h1" not in title(Memory(pages=PAGES, page=path))}
    assert titled == {"start", "lessons", "words", "list"}
    assert title(Memory(Visit("zh"), PAGES, "lab")) == '<h1 class="lz-unseen">损失实验室</h1>'


@pytest.mark.parametrize(
    ("deed", "lang", "said"),
    [
        ("", "en", ""),
        ("undo", "en", "Undone."),
        ("reset", "zh", "已重置。"),
        ("level", "en", "Level opened: Why?"),
        ("slide", "en", "2 of 2: the cup"),
        ("slide", "zh", "第 2 个，共 2 个：the cup"),
    ],
)
def test_what_the_visitor_did_is_said_in_his_language(deed: str, lang: str, said: str) -> None:
    visit = Visit(lang, slides=("overlap?v=1", "lab?v=1#the cup"), slide=1)
    assert announced(Memory(visit, PAGES, "lab", deed=deed, level="Why?")) == said


def test_without_a_list_no_state_of_it_is_said() -> None:
    assert announced(Memory(pages=PAGES, page="lab", deed="slide")) == ""


def test_one_region_of_the_page_speaks_and_no_markup_beside_it() -> None:
    sources = [path for kind in ("py", "js") for path in LOSSVIZ.rglob(f"*.{kind}") if ".min." not in path.name]
    speaks = re.compile(r"""role(=|": |", )\\?["'](status|alert|log)\\?["']|aria-live(?!": "off")""")
    found = {path.name for path in sources if speaks.search(path.read_text("utf-8"))}
    assert found == {"spoken.js", "lost.js"}
