"""The part of the Share popover that gives figures away."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.core.text import Text

ENGLISH = Text("en")


def page(lang: str, steps: int | None) -> None:
    from lossviz.core.text import Text
    from lossviz.lab.desk import LabDesk
    from lossviz.lab.state import State
    from lossviz.lab.widgets.toolbar import save_lab

    save_lab(LabDesk(State(steps=steps), State(), State()), Text(lang), "https://lossviz.example.org/lab?v=1")


@pytest.fixture
def app() -> Callable[..., AppTest]:
    def opened(lang: str = "en", steps: int | None = None) -> AppTest:
        return AppTest.from_function(page, args=(lang, steps), default_timeout=60).run()

    return opened


def buttons(app: AppTest) -> dict[str, Any]:
    return {button.proto.id.rpartition("-")[2]: button.proto for button in app.get("download_button")}


def test_four_files_are_offered_and_the_csv_is_named_for_what_it_holds(app: Callable[..., AppTest]) -> None:
    shown = app()
    assert not shown.exception
    labels = {kind: proto.label for kind, proto in buttons(shown).items()}
    assert labels == {"png": "PNG", "svg": "SVG", "pdf": "PDF", "csv": "Terms, CSV"}
    shown.selectbox(key="export_figure").select("map").run()
    assert not shown.exception
    assert buttons(shown)["csv"].label == "Numbers, CSV"


def test_only_figures_that_make_sense_are_in_the_list(app: Callable[..., AppTest]) -> None:
    names = [ENGLISH(f"export_{key}") for key in ("lab", "scene", "bars", "channels", "map")]
    assert app().selectbox(key="export_figure").options == names
    assert app(steps=2).selectbox(key="export_figure").options == [*names, ENGLISH("export_steps")]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_caption_and_alt_text_can_be_copied(app: Callable[..., AppTest], lang: str) -> None:
    caption, alt = (block.value for block in app(lang).code)
    assert "commit f6afaab" in caption or "提交 f6afaab" in caption
    assert caption.endswith("https://lossviz.example.org/lab?v=1")
    assert Text(lang)("term_object") in alt


def test_a_figure_that_no_longer_applies_gives_way_to_the_first(app: Callable[..., AppTest]) -> None:
    shown = app(steps=2)
    shown.selectbox(key="export_figure").select("steps").run()
    assert shown.selectbox(key="export_figure").value == "steps"
    shown.args = ("en", None)
    shown.run()
    assert not shown.exception
    assert shown.selectbox(key="export_figure").value == "lab"


def test_size_and_switches_are_taken(app: Callable[..., AppTest]) -> None:
    shown = app()
    shown.toggle(key="export_live").set_value(True)
    shown.segmented_control(key="export_size").set_value("square")
    shown.segmented_control(key="export_look").set_value("dark").run()
    assert not shown.exception
    assert (shown.segmented_control(key="export_size").value, shown.segmented_control(key="export_look").value) == (
        "square",
        "dark",
    )
    assert not shown.warning


def test_title_credit_and_address_are_taken_and_one_that_is_none_is_refused(app: Callable[..., AppTest]) -> None:
    shown = app()
    assert shown.text_input(key="export_site").value == "https://lossviz.example.org"
    shown.text_input(key="export_title").set_value("A cup, and what it costs")
    shown.text_input(key="export_credit").set_value("A. Author")
    shown.text_input(key="export_site").set_value("https://figures.example/lossviz").run()
    assert not shown.exception
    caption, alt = (block.value for block in shown.code)
    assert caption.startswith("A cup, and what it costs. ")
    assert caption.endswith(" Figure: A. Author. https://figures.example/lossviz/lab?v=1")
    assert alt.startswith("A cup, and what it costs. ")
    shown.text_input(key="export_site").set_value("javascript:alert(1)").run()
    assert [warning.value for warning in shown.warning] == [ENGLISH("export_bad_site")]
    assert "javascript" not in shown.code[0].value


def beside(page: str, tab: str, done: bool) -> None:
    import numpy as np

    from lossviz.core.desk import Desk
    from lossviz.core.text import Text
    from lossviz.overlap.state import OverlapState
    from lossviz.overlap.widgets.board import save_overlap
    from lossviz.race.state import MEASURED, RaceState
    from lossviz.race.widgets.race import RaceDesk, save_race
    from lossviz.race.worker import LABORATORY, Job

    text, link = Text("en"), "https://lossviz.example.org/" + page
    if page == "overlap":
        save_overlap(Desk(OverlapState(), OverlapState(), OverlapState()), text, link)
    else:
        job = Job((25, "true"), state="done" if done else "running")
        kinds = ("curve", "quartile_low", "quartile_high")
        found = {f"{kind}_{name}": np.ones(200) for kind in kinds for name in MEASURED}
        found |= {f"final_per_point_{name}": np.ones(3) for name in MEASURED}
        found["xy"] = np.array([[10.0, 9.0], [8.0, 8.0], [12.5, 10.0]])
        job.result = found if done else None
        LABORATORY.jobs[25, "true"] = job
        state = RaceState(tab=tab)
        save_race(RaceDesk(state, state, state), text, link)
        del LABORATORY.jobs[25, "true"]


@pytest.mark.parametrize(
    ("page", "tab", "keys"),
    [
        ("overlap", "", ("boxes", "surface", "slice", "referee", "overlap_laws", "overlap_rules")),
        ("race", "one", ("race", "curves")),
        ("race", "all", ("experiment", "basin", "distance")),
    ],
)
def test_each_page_offers_its_own_figures_with_caption_and_link(page: str, tab: str, keys: tuple[str, ...]) -> None:
    shown = AppTest.from_function(beside, args=(page, tab, True), default_timeout=60).run()
    assert not shown.exception
    assert shown.selectbox(key="export_figure").options == [ENGLISH(f"export_{key}") for key in keys]
    assert set(buttons(shown)) == {"png", "svg", "pdf", "csv"}
    assert shown.code[0].value.endswith(f"https://lossviz.example.org/{page}")


@pytest.mark.parametrize(("done", "cases"), [(True, "1,029"), (False, "1,715,000")])
def test_until_an_experiment_is_done_the_figures_are_those_of_the_full_run(done: bool, cases: str) -> None:
    shown = AppTest.from_function(beside, args=("race", "all", done), default_timeout=60).run()
    assert not shown.exception
    assert shown.code[0].value.startswith(f"Box regression, {cases} cases for each loss, true gradients.")
