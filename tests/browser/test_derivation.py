"""Derivations in a real browser: lines unfold, the next rule is guessed, the table opens, all of it in the link."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright")
from browser.driving import PHONE, becomes, expect, query, sideways, until, value
from playwright.sync_api import Locator, Page

from lossviz.derivations import DERIVATIONS
from lossviz.derivations.line import point_of
from lossviz.derivations.spell import own
from lossviz.objectness.state import PLAIN
from lossviz.objectness.widgets.derivation import offered

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group(__name__)]

BCE, CE = DERIVATIONS["sigmoid_bce"], DERIVATIONS["softmax_ce"]
LAST = len(BCE.lines) - 1
Reading = Callable[..., Page]


@pytest.fixture
def reading(visit: Callable[..., Page]) -> Reading:
    """Opens the level at a link and waits for its first line."""

    def reading(link: dict[str, str] | None = None, **options: object) -> Page:
        page = visit("/objectness?" + urlencode({"level": "3", **(link or {})}), **options)
        expect(value(page, "line-0")).to_be_attached()
        return page

    return reading


def press(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key} button").first


def lines(page: Page) -> Locator:
    return page.locator("[data-testid^='line-']")


def says(page: Page, key: str, wanted: str) -> None:
    """Wait until the address says so."""
    until(page, lambda: query(page).get(key, "") == wanted)


def test_lines_unfold_one_by_one_by_mouse_and_keyboard_and_the_link_says_how_many(reading: Reading) -> None:
    page = reading()
    expect(lines(page)).to_have_count(1)
    press(page, "derivation-next").click()
    expect(lines(page)).to_have_count(2)
    says(page, "line", "1")
    press(page, "derivation-next").press("Enter")
    expect(lines(page)).to_have_count(3)
    press(page, "derivation-back").click()
    expect(lines(page)).to_have_count(2)
    press(page, "derivation-all").click()
    expect(lines(page)).to_have_count(LAST + 1)
    expect(press(page, "derivation-next")).to_be_disabled()
    says(page, "line", str(LAST))
    page.reload()
    expect(lines(page)).to_have_count(LAST + 1)


@pytest.mark.slow
def test_every_line_shows_the_number_of_the_present_output(reading: Reading) -> None:
    page = reading({"line": str(LAST), "z": "-2", "t": "0.5"})
    point = point_of("logit", -2.0, 0.5, (), 0)
    for n, line in enumerate(BCE.lines):
        becomes(page, f"line-{n}", own(line, point))
    field = page.locator(".st-key-derivation-logit input")
    field.fill("1.5")
    field.press("Enter")
    becomes(page, f"line-{LAST}", own(BCE.lines[LAST], point_of("logit", 1.5, 0.5, (), 0)))
    says(page, "z", "1.5")


@pytest.mark.slow
def test_the_next_rule_is_guessed_before_it_is_shown(reading: Reading) -> None:
    page = reading()
    choices = page.locator(".st-key-derivation-guess button")
    expect(choices).to_have_count(3)
    expect(value(page, "verdict")).to_have_count(0)
    wrong = next(rule for rule in offered(BCE, 1) if rule != BCE.lines[1].rule)
    press(page, f"guess-{wrong}").click()
    expect(value(page, "verdict")).to_contain_text("✗")
    expect(lines(page)).to_have_count(2)
    press(page, f"guess-{BCE.lines[2].rule}").click()
    expect(value(page, "verdict")).to_contain_text("✓")
    expect(lines(page)).to_have_count(3)


@pytest.mark.slow
def test_a_line_opens_its_rule_in_the_table_which_is_empty_while_it_is_folded(reading: Reading) -> None:
    page = reading({"line": "4"})
    table, card = page.locator(".st-key-calculus-table"), page.locator(".st-key-calculus-card")
    expect(table).to_have_count(0)
    press(page, "derivation-rule-3").click()
    expect(card).to_be_visible()
    expect(table.locator("table")).to_have_count(7)
    expect(table.locator("strong", has_text="→")).to_have_count(1)
    says(page, "rule", BCE.lines[3].rule)
    page.reload()
    expect(card).to_be_visible()
    press(page, "calculus-close").click()
    expect(table).to_have_count(0)
    says(page, "rule", "")


@pytest.mark.slow
def test_three_logits_and_the_true_class_give_every_class_its_slope(reading: Reading) -> None:
    page = reading({"d": "softmax_ce", "line": str(len(CE.lines) - 1)})
    for n, wanted in enumerate((0.6652409558, -0.7552715289, 0.0900305732)):
        becomes(page, f"class-{n}", wanted)
    page.get_by_role("radio", name="0", exact=True).click()
    becomes(page, "class-0", 0.6652409558 - 1)
    says(page, "k", "0")
    assert PLAIN.kind == 1


@pytest.mark.slow
def test_on_a_phone_nothing_runs_sideways(reading: Reading) -> None:
    assert sideways(reading({"d": "softmax_l2", "line": "4", "rule": "factor"}, **PHONE)) == (0, 0)
