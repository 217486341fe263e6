"""The part of Share that records a figure that moves."""

import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest
from helpers.jobs import left, until
from streamlit.testing.v1 import AppTest

from lossviz.core.desk import Desk
from lossviz.core.text import Text
from lossviz.figures.caption import NOTHING
from lossviz.figures.moving.wish import DRAG, Wish, around, command_of, frames_of, look_options, take_of
from lossviz.figures.moving.worker import Studio, Take
from lossviz.figures.subjects import figured
from lossviz.figures.take import opened
from lossviz.overlap.state import OverlapState

ENGLISH = Text("en")
FAKE = """
import sys, time, json
links = sys.stdin.read().split()
print(json.dumps({"done": 1, "of": 4}), file=sys.stderr, flush=True)
if "--fps=7" in sys.argv:
    time.sleep(60)
if "--fps=9" in sys.argv:
    sys.exit("lossviz: error: expected fewer")
open(sys.argv[-1] + "/film.html", "w").write("<p>" + links[0])
"""


def page() -> None:
    from lossviz.core.desk import Desk
    from lossviz.core.text import Text
    from lossviz.overlap.state import OverlapState
    from lossviz.overlap.widgets.board import save_overlap

    save_overlap(
        Desk(OverlapState(), OverlapState(), OverlapState()), Text("en"), "http://localhost:8501/overlap?lang=en"
    )


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    found = Studio([sys.executable, "-S", "-c", FAKE])
    monkeypatch.setattr("lossviz.web.moving.STUDIO", found)
    with left(found) as jobs:
        yield jobs


def asked(fps: int) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.segmented_control(key="export_way").set_value("moving").run()
    app.number_input(key="moving_fps").set_value(fps).run()
    app.button(key="moving_record").click().run()
    assert not app.exception
    return app


def saved(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


def test_a_sweep_is_recorded_and_offered_with_the_command_that_makes_it(studio: Studio) -> None:
    app = asked(30)
    (job,) = studio.jobs.values()
    until(lambda: job.ended)
    app.run()
    assert not app.exception
    assert saved(app) == ["Save HTML, 0 kB"]
    assert "moving_record" not in {button.key for button in app.button}
    assert job.request.links == ("overlap?v=1",)
    assert app.code[0].value == command_of(job.request, "")
    app.number_input(key="moving_frames").set_value(12).run()
    assert "moving_record" in {button.key for button in app.button}
    assert saved(app) == ["Save HTML, 0 kB"]


def test_a_recording_can_be_cancelled_and_its_process_is_gone(studio: Studio) -> None:
    app = asked(7)
    (job,) = studio.jobs.values()
    until(lambda: job.share > 0)
    process = job.process
    assert process
    app.run()
    app.button(key="moving_cancel").click().run()
    assert process.wait(timeout=1) != 0
    assert job.state == "cancelled"
    assert app.number_input(key="moving_fps").value == 7
    assert app.button(key="moving_record")


def test_a_failure_says_its_reason_and_what_to_do(studio: Studio) -> None:
    app = asked(9)
    (job,) = studio.jobs.values()
    until(lambda: job.ended)
    app.run()
    assert [error.value for error in app.error] == [ENGLISH("moving_failed", trouble="expected fewer")]


def test_a_second_quantity_makes_a_grid_in_html_alone() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    app.segmented_control(key="export_way").set_value("moving").run()
    app.segmented_control(key="moving_format").set_value("gif").run()
    app.selectbox(key="moving_other").select("y").run()
    assert not app.exception
    assert app.segmented_control(key="moving_format").options == ["HTML"]
    assert (app.number_input(key="moving_frames").value, app.number_input(key="moving_frames").max) == (15, 41)
    assert app.code[0].value.count("--sweep=") == 2
    assert "--format=html" in app.code[0].value


def test_what_moves_by_default_is_a_range_around_the_state() -> None:
    one = opened("overlap")
    for quantity in one.subject.quantities(one.state).values():
        for value in (quantity.low, quantity.of(one.state), quantity.high):
            low, high = around(quantity, value)
            assert quantity.low <= low <= value <= high <= quantity.high
            assert high - low == pytest.approx((quantity.high - quantity.low) / 3, rel=0.06)  # the ends are round
    assert around(one.subject.quantities(one.state)["x"], 11.8011) == (10.2, 13.4)


def test_the_states_of_a_drag_are_its_links_looked_at_as_now() -> None:
    start = OverlapState()
    desk = Desk(start, start, start)
    x, y, w, h = start.moving
    for n in range(3):
        desk.drag(replace(desk.state, moving=(x - n, y, w, h)))
    desk.settle(desk.state)
    one = opened("overlap?level=2")
    links = frames_of(desk, one)
    assert len(links) == 3
    assert all("level=2" in link for link in links)
    take = take_of(one, Wish(what=DRAG), links, look_options("boxes", "en", "post", "light", NOTHING))
    assert take.links == links
    assert command_of(take, "links.txt").startswith("lossviz figure --from links.txt --together --format=html")
    assert frames_of(Desk(start, start, start), one) == ()


def test_no_more_links_than_frames_are_recorded(studio: Studio) -> None:
    with pytest.raises(ValueError, match="at most 240 links"):
        studio.given(Take(("overlap",) * 241, ()))


@pytest.mark.parametrize(
    "link", [*figured(), "lab?mode=label", "lab?scene=coffee&level=2", "race?steps=50", "zoo?by=logit"]
)
def test_what_is_offered_at_first_can_be_recorded_and_ends_chosen_elsewhere_are_brought_within(link: str) -> None:
    one = opened(link)
    for name, quantity in one.subject.quantities(one.state).items():
        low, high = Wish().between(quantity, one.state)
        assert quantity.low <= low < high <= quantity.high
        assert len(take_of(one, Wish(what=name), (), ()).options) == 3
        far = Wish().ended(name, (quantity.low - 1, quantity.high + 1)).between(quantity, one.state)
        assert far == (quantity.low, quantity.high)
