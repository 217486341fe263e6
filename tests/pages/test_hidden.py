"""``hide=answers`` and a card's open question: the state and the question stay, and nothing tells the answer."""

import json
import re
from collections.abc import Callable, Mapping
from html import escape
from itertools import product
from typing import Any

import pytest
from helpers.lab_page import body, every_number, press
from helpers.live_line import MOVES, NAMES, message, opened, run, told
from helpers.pages_under_test import PAGES, QUERIES, desk_of
from streamlit.testing.v1 import AppTest

from lossviz.core import examples
from lossviz.core.parts import Data, Message
from lossviz.core.text import LANGUAGES, Text
from lossviz.core.visit import LEVELS, Visit
from lossviz.objectness.widgets.curves import key_of

HIDDEN = ("answers",)
Open = Callable[..., AppTest]
ALLOWED = {
    "lab": {"canvas", "sentence"},
    "overlap": {"board", "sentence"},
    "race": {"track", "sentence"},
    "objectness": {"curves-z", "curves-p", "sentence", "spoon-link", "guess-words"},
    "assignment": {"truths", "sentence", "progress"},
    "decode": {"decode-board", "sentence", "verdict"},
    "zoo": {"zoo-chart", "sentence", "chances-chart", "chances-height"},
    "ledger": {"ledger-sentence"},
}
"""What is left on each page: the state, its question, what is said of a guess."""
PLAIN = [(path, query) for path in PAGES if path != "articles" for query in QUERIES.get(path, [{}])]
STATES = [*PLAIN, *((path, example.query) for path, found in examples.PAGES.items() for example in found.values())]
FEW = [pytest.param(*state, marks=() if state in PLAIN else pytest.mark.slow) for state in STATES]
NAMED = [f"{path}-{'-'.join(query.values())[:40]}" for path, query in STATES]


def sent(path: str, query: Mapping[str, str], visit: Visit) -> dict[str, Data]:
    """What the browser gets of every part."""
    page = PAGES[path]
    assert page.parts
    return {key: make().data() for key, make in page.parts(desk_of(page, dict(query)), visit).items()}


def written(data: object) -> str:
    return json.dumps(data, allow_nan=False, ensure_ascii=False)


@pytest.mark.parametrize(("path", "query"), FEW, ids=NAMED)
def test_of_a_state_only_the_picture_and_the_question_are_left_on_every_level(path: str, query: dict[str, str]) -> None:
    for level, lang in product(LEVELS, ["en", "zh"]):
        found = sent(path, query, Visit(lang, level=level, hide=HIDDEN))
        assert found.keys() <= ALLOWED[path]
        assert "data-value" not in written(found)
        assert "role=" not in written([found.get("sentence"), found.get("verdict")])
        for data in found.values():
            assert (data.get("cells") or []) in ([], [{"col": 1, "row": 1, "kind": "answer", "label": ""}])
            assert not data.get("arrows")
            assert not data.get("relation")
            assert not data.get("film")
            assert all(box["movable"] or path != "assignment" for box in data.get("boxes", ()))


@pytest.mark.parametrize(("path", "query"), FEW, ids=NAMED)
def test_no_number_of_what_is_hidden_is_sent(path: str, query: dict[str, str]) -> None:
    """The numbers that people read, four digits each: a shorter one may stand anywhere."""
    whole = "".join(written(data) for level in LEVELS for data in sent(path, query, Visit(level=level)).values())
    read = {said for said in re.findall(r'data-value=\\".*?\\">(.*?)<', whole) if len(re.sub(r"\D", "", said)) > 3}
    left = sent(path, query, Visit(hide=HIDDEN))
    given = set(re.findall(r"[−\d.]+", question_of(left)))
    assert not given & read or path == "objectness", "p is what the question names"
    left = {
        key: {name: part for name, part in data.items() if name not in ("handle", "along")}
        for key, data in left.items()
    }
    known = set(re.findall(r"−?\d+\.?\d*", written(left).replace(question_of(left), "")))
    assert not {said for said in read - given if said.removeprefix("−") in known}


def question_of(found: Mapping[str, Data]) -> str:
    return str(found.get("sentence", {}).get("html", ""))


@pytest.mark.parametrize(("path", "query"), FEW, ids=NAMED)
def test_revealed_everything_is_there_again(path: str, query: dict[str, str]) -> None:
    for level in LEVELS:
        whole = sent(path, query, Visit(level=level))
        assert sent(path, query, Visit(level=level, hide=HIDDEN, revealed=True)) == whole


def test_each_page_keeps_its_question_and_a_card_takes_its_place() -> None:
    asked = {
        ("overlap", "1"): "overlap_question_hidden",
        ("race", "1"): "race_title",
        ("assignment", "1"): "assignment_question_hidden",
        ("assignment", "3"): "assignment_question_3",
        ("objectness", "2"): "objectness_question_2",
        ("decode", "1"): "decode_question_hidden",
        ("lab", "1"): "lab_question_prediction",
        ("zoo", "1"): "zoo_sentence",
    }
    for (path, level), key in asked.items():
        found = sent(path, {}, Visit(level=level, hide=HIDDEN))
        assert escape(Text("en")(key)) in question_of(found)
        for visit in (Visit(level=level, veiled=True), Visit(level=level, hide=(*HIDDEN, "sentence"))):
            assert not question_of(sent(path, {}, visit))


PLACES = [
    ("lab", {}, "canvas", "prediction"),
    ("lab", {"mode": "label"}, "canvas", "truth-0"),
    ("overlap", {}, "board", "moving"),
    ("overlap", {}, "board", "target"),
    ("race", {}, "track", "start"),
    ("assignment", {}, "truths", "truth-0"),
    ("assignment", {"field": "voc", "rule": "yhcc_v2"}, "truths", "truth-0"),
    ("decode", {}, "decode-board", "box"),
]


@pytest.mark.parametrize(("path", "query", "part", "name"), PLACES, ids=[f"{p[0]}-{p[3]}-{len(p[1])}" for p in PLACES])
@pytest.mark.parametrize("veiled", [False, True])
def test_a_moved_box_changes_nothing_that_is_sent_but_the_box(
    path: str, query: dict[str, str], part: str, name: str, *, veiled: bool
) -> None:
    page, visit = PAGES[path], Visit(hide=() if veiled else HIDDEN, veiled=veiled)
    assert page.parts
    assert page.hear
    desk = desk_of(page, query)
    before = page.parts(desk, visit)[part]().data()
    for seq, place in enumerate(([0.2, 0.7, 0.4, 0.1], [0.9, 0.9, 0.05, 0.15], [0.5, 0.5, 0.9, 0.95]), 1):
        said = {"kind": "move", "seq": seq, "rev": before["rev"], "boxes": {name: place}, "selected": name}
        page.hear(desk, visit, Message(part, said))
        after = page.parts(desk, visit)[part]().data()
        boxes = [
            (one | {"xywh": None}, other | {"xywh": None}, one["id"], one["xywh"] == other["xywh"])
            for one, other in zip(before["boxes"], after["boxes"], strict=True)
        ]
        assert all(one == other for one, other, *_ in boxes)
        assert [moved for *_, moved, same in boxes if not same] == [name]
        assert {**after, "boxes": None} == {**before, "boxes": None}


@pytest.mark.parametrize(("path", "part", "here", "there", "level"), MOVES, ids=NAMES)
def test_the_live_line_sends_nothing_that_is_hidden(
    path: str, part: str, here: dict[str, Any], there: dict[str, Any], level: str
) -> None:
    session = opened(path, level=level)
    session.visit = Visit(level=level, hide=HIDDEN)
    screen = run(session)
    if part not in screen.parts:
        assert told(session, message(session, part, 1, here)) == {}
        return
    for seq, said in ((1, here), (2, there)):
        reply = told(session, message(session, part, seq, said, rev=screen.rev(part)))
        assert reply["parts"].keys() <= ALLOWED[path]
        assert "data-value" not in written(reply)
        screen.live(reply)


# ---- the charts, whose curves a card asks to read ----


def test_a_card_leaves_the_curves_and_a_link_takes_the_slopes() -> None:
    for path, query in (("objectness", {"z": "1.5"}), ("zoo", {"x": "1.5"})):
        key = "zoo-chart" if path == "zoo" else key_of(desk_of(PAGES[path], query))  # type: ignore[arg-type]
        whole, veiled, hidden = (
            sent(path, query, visit)[key] for visit in (Visit(), Visit(veiled=True), Visit(hide=HIDDEN))
        )
        assert veiled == whole
        said = str(hidden["layout"]) + str(hidden["figure"])
        shown = str(whole["layout"]) + str(whole["figure"])
        assert re.findall(r'yaxis2|hovertemplate"?: ?"|circle', shown)
        assert not re.search(r'yaxis2|hovertemplate"?: ?"|annotations|"y2"|circle', said)
        assert hidden["handle"]["x"] == whole["handle"]["x"]
        assert len(hidden["along"]) == 1


# ---- what stands beside the parts ----


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("page", "query"),
    [
        *((path, {}) for path in ("lab", "overlap", "race", "objectness", "assignment", "decode", "zoo", "ledger")),
        ("race", {"tab": "all"}),
        ("decode", {"tab": "tensor"}),
        ("decode", {"tab": "passthrough"}),
        *(("zoo", {"tab": tab}) for tab in ("reductions", "distributions", "stability")),
        ("articles", {}),
        ("lab", {"steps": "0", "of": "duel", "at": "13.1.6.8"}),
    ],
)
def test_one_line_says_that_the_answer_is_hidden_and_no_number_is_on_the_page(
    visit: Open, page: str, query: dict[str, str], lang: str
) -> None:
    shown = visit(page, lang=lang, hide="answers", **query)
    assert every_number(shown) == {}
    assert body(shown).count('data-testid="answers-hidden"') == 1
    assert Text(lang)("answers_hidden") in body(shown)
    assert Text(lang)("articles_truth") not in body(shown)
    assert not {"steps", "steps-1"} & {button.key for button in shown.button}
    assert charts(shown).keys() <= PICTURES
    assert "(" not in charts(shown).get("reorg-pixels", ""), "it names no pixel"


PICTURES = {"zoo-chart", "curves", "chances-chart", "tensor-grid", "reorg-pixels", "reorg-outputs"}
"""The charts that show what is asked about."""


def charts(page: AppTest) -> dict[str, str]:
    """What is said of each chart, by its test id."""
    drawn = [part.proto for part in page.get("bidi_component") if part.proto.component_name == "lossviz.plot"]
    said = [json.loads(proto.bytes) for proto in drawn]
    return {one["testid"]: one["label"] for one in said}


@pytest.mark.parametrize(
    ("page", "query", "answer"),
    [
        ("zoo", {}, "answer-l2"),
        ("ledger", {}, "answer-darknet_v3"),
        ("objectness", {}, "guess-1"),
        ("assignment", {}, "guess-6"),
        ("decode", {}, "guess-border"),
        ("decode", {"tab": "tensor"}, None),
        ("decode", {"tab": "passthrough"}, "guess-0"),
    ],
)
def test_the_pages_own_questions_can_be_answered_and_the_verdict_is_shown(
    visit: Open, page: str, query: dict[str, str], answer: str | None
) -> None:
    shown = visit(page, hide="answers", **query)
    keys = [button.key or "" for button in shown.button]
    press(shown, answer or next(key for key in keys if key.startswith("guess-")))
    assert "✓" in body(shown) or "✗" in body(shown)
    assert 'data-testid="verdict"' in body(shown)
    assert every_number(shown) == {}


def test_an_examples_question_is_asked_and_its_reply_shown_without_a_number_of_the_page(visit: Open) -> None:
    example = examples.PRESETS["rank"]
    shown = visit(hide="answers", ask="rank", level=example.level, **example.query)
    press(shown, "answer-2")
    assert any(Text("en")("ask_rank_2_reply") in one.value for one in shown.markdown)
    assert every_number(shown) == {}


def test_the_list_of_examples_does_not_say_why_each_is_worth_a_look(visit: Open) -> None:
    example = examples.PAGES["overlap"]["apart"]
    for hide, says in (({"hide": "answers"}, False), ({}, True)):
        shown = visit("overlap", **hide)
        shown.session_state["examples"] = True
        shown.run()
        label = shown.button(key="example-apart").label
        assert (Text("en")(f"{example.name}_why") in label) is says
        assert Text("en")(example.name) in label
