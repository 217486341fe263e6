"""Every page's numbers on a device that is not the CPU, and how often the host waits for it."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import torch
from helpers.far_device import FAR, far_device
from helpers.lab_page import body, memory
from helpers.pages_under_test import PAGES, QUERIES, desk_of
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.core.text import Text
from lossviz.core.visit import LEVELS, Visit
from lossviz.engine.device import computing_on
from lossviz.figures.caption import NOTHING
from lossviz.figures.look import Look
from lossviz.figures.registry import FIGURES
from lossviz.lab.channels import why_of
from lossviz.lab.descent import walked
from lossviz.lab.desk import LabDesk
from lossviz.lab.predictors import map_of
from lossviz.lab.state import State
from lossviz.lab.subject import content_of
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES
from lossviz.web import choices, save

ELSEWHERE = ("lab", "assignment", "ledger", "overlap", "race")
"""The pages that compute on whatever device was chosen."""
READS = 6
"""Most times that one view of the Lab waits for its device."""


def forget_everything() -> None:
    """Nothing is remembered: whatever is asked for is computed anew."""
    for name, module in list(sys.modules.items()):
        if name.startswith("lossviz."):
            for part in vars(module).values():
                if callable(getattr(part, "cache_clear", None)):
                    part.cache_clear()


def made(path: str, query: dict[str, str], level: str) -> dict[str, Any]:
    page = PAGES[path]
    assert page.parts
    return {
        key: json.loads(json.dumps(part().data()))
        for key, part in page.parts(desk_of(page, query), Visit(level=level)).items()
    }


CASES = [(path, query, level) for path in PAGES for query, level in product(QUERIES.get(path, [{}]), LEVELS)]


def named(case: tuple[str, dict[str, str], str]) -> str:
    path, query, level = case
    return "-".join([path, *query.values(), level])


@pytest.mark.parametrize(
    "case", sampled([(case,) for case in CASES], lambda one: ((one[0][0], *one[0][1].values()), one[0][2])), ids=named
)
def test_whatever_a_page_shows_is_computed_on_a_device_that_is_named(
    case: tuple[str, dict[str, str], str], request: pytest.FixtureRequest
) -> None:
    here = made(*case)
    forget_everything()
    request.getfixturevalue("nowhere")
    assert made(*case) == here


@pytest.mark.parametrize(
    "case",
    sampled([(case,) for case in CASES if case[0] in ELSEWHERE], lambda one: (one[0][0], one[0][2])),
    ids=named,
)
def test_on_another_device_a_page_shows_the_same(case: tuple[str, dict[str, str], str]) -> None:
    here = made(*case)
    with far_device(), computing_on(FAR):
        assert made(*case) == here


NAMES = ("__float__", "__int__", "__bool__", "__index__", "item", "tolist", "numpy", "cpu", "__array__", "__contains__")


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """While this lasts, every way from a tensor to a number of Python is counted, whatever the device."""
    found: Counter[str] = Counter()

    def counting(name: str) -> Any:
        plain = getattr(torch.Tensor, name)

        def call(self: torch.Tensor, *args: Any, **more: Any) -> Any:
            found[name] += 1
            return plain(self, *args, **more)

        return call

    with monkeypatch.context() as patch:
        for name in NAMES:
            patch.setattr(torch.Tensor, name, counting(name))
        yield found


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_view_of_the_lab_is_read_together(recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for scene in SAMPLES:
        state = State(scene=scene, recipe=recipe)
        chosen = view_of(state).prediction.predictor
        for moved in (state, state.with_raw(chosen, {0: 0.5}), replace(state, at=chosen._replace(row=0))):
            view_of(moved)
            with counted(monkeypatch) as reads:
                view_of(moved)
            assert 0 < reads.total() <= READS, (scene, reads)


@pytest.mark.parametrize("recipe", RECIPES)
def test_beyond_the_first_level_the_report_comes_home_in_two_copies(recipe: str) -> None:
    here = view_of(State(recipe=recipe))
    with far_device() as ways, computing_on(FAR):
        there = view_of(State(recipe=recipe))
        assert (there.terms, there.truths, there.prediction) == (here.terms, here.truths, here.prediction)
        assert sum(count for way, count in ways.items() if way != "nonzero") <= READS
        ways.clear()
        assert [channel.gradient for channel in why_of(there).channels] == [
            channel.gradient for channel in why_of(here).channels
        ]
        assert map_of(there).rows == map_of(here).rows
    assert set(ways) == {"to"}
    assert ways["to"] <= 2 + len(here.report.assignments)  # the IoU of a match comes where a log line asks for it


@pytest.mark.parametrize("walker", ["one", "all"])
def test_gradient_steps_are_the_same_elsewhere_and_are_read_together(walker: str) -> None:
    state = replace(State(steps=10, walker=walker), at=view_of(State()).prediction.predictor)
    assert walked(state)
    here = view_of(state)
    with far_device() as ways, computing_on(FAR):
        assert walked(state)
        there = view_of(state)
        assert there.terms == here.terms
    assert ways["numpy"] < 10


def test_a_visitor_chooses_for_himself_where_there_is_a_choice_and_no_link_says_so(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def chooser(page: AppTest) -> list[Any]:
        return [one for one in page.segmented_control if one.key == "device"]

    def opened() -> AppTest:
        page = visit("lab", level="3")
        page.session_state["settings_open"] = True
        return page.run()

    monkeypatch.setattr(choices, "present", lambda: ("cpu",))
    page = opened()
    assert not chooser(page)
    assert Text("en")("devices_only") in body(page)
    monkeypatch.setattr(choices, "present", lambda: ("cpu", "cuda"))
    page = opened()
    before = dict(page.query_params)
    assert chooser(page)[0].value == "auto"
    chooser(page)[0].set_value("cpu").run()
    assert not page.exception
    assert memory(page).device == "cpu"
    assert "selected by name" in body(page)
    assert dict(page.query_params) == before
    assert memory(visit("lab")).device is None
    chooser(page)[0].set_value("auto").run()
    assert memory(page).device is None


def test_pictures_have_the_numbers_of_the_cpu() -> None:
    state = State()
    desk = LabDesk(state, state, state)
    with far_device(), computing_on(FAR):
        assert desk.view.computed.scene.truth.device.type == FAR
        content = content_of(state, "")
        figure = replace(FIGURES["lab"]["bars"], table=lambda content: [[desk.view.computed.scene.truth.device.type]])
        assert save.Sheet(figure, content, Text("en"), Look(), NOTHING).made("csv") == b"cpu\n"
        assert desk.view.computed.scene.truth.device.type == FAR
