"""What a teacher takes to class: every document whole in both languages, every link opens, no answer on the handout."""

import re
import xml.etree.ElementTree as ET
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from helpers.chinese import latin, untidy

from lossviz.articles.view import articles
from lossviz.core.hosts import site_of
from lossviz.core.lessons import CARDS, LESSONS, SHORT, card_at
from lossviz.core.slides import parts_of
from lossviz.core.text import LANGUAGES, Text, catalogue
from lossviz.core.visit import HIDEABLE, VISIT_KEYS, Visit, visit_from
from lossviz.figures.subjects import subjects
from lossviz.lessons.facts import facts_of
from lossviz.lessons.goals import fulfilled
from lossviz.lessons.pictures import described, solved_picture
from lossviz.lessons.plans import CLASSES, FOLDER, PLANS, UNITS, Unit, prompt_of
from lossviz.lessons.state import KEYS, PLAIN, SEES, LessonsState, from_query
from lossviz.lessons.teacher.documents import DOCUMENTS, file_of
from lossviz.lessons.teacher.edition import Edition, plain
from lossviz.lessons.teacher.gaps import gap_in
from lossviz.lessons.teacher.keys import EVERY, EVERYWHERE, keys, meaning
from lossviz.lessons.teacher.paper import BOX, LINE
from lossviz.lessons.teacher.plan import STAGES
from lossviz.lessons.teacher.projected import class_link, list_link, projected
from lossviz.lessons.view import PLACE
from pages import all_pages

PAGES = {page.path: page.reads for page in all_pages()}
EDITIONS = {lang: Edition(Text(lang), "http://class.example", "night-b") for lang in LANGUAGES}
ABOUT_A_UNIT = ("plan", "key", "handout", "link")
LIGHT = ("plan", "handout", "link")
"""Documents without pictures."""


def seen(document: str) -> str:
    """What a reader sees of a document."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", document)).split())


def words(markup: str) -> str:
    """The same without any blanks, to look for sentences of which single letters are set otherwise."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", markup)).split())


def links_of(document: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', document)]


def opened(link: str) -> tuple[str, dict[str, str]]:
    """Page and query of a link, once it is known that it opens without a word of complaint."""
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}" == "http://class.example"
    page, query = parts.path.removeprefix("/"), dict(parse_qsl(parts.query, keep_blank_values=True))
    _, bad = visit_from(query, Visit(), PAGES)
    reads = PAGES[page]
    assert bad == ()
    assert reads is None or reads(query)[1] == ()
    return page, query


# ---- plans ----


def test_there_is_a_plan_for_every_lesson_with_every_card_in_its_order_and_four_classes() -> None:
    assert [*PLANS] == [key for key in LESSONS if key != SHORT]
    for key, told in PLANS.items():
        assert [*told.cards] == [card.key for card in LESSONS[key].cards]
    assert [*CLASSES] == ["class-a", "class-b", "class-c", "class-d"]
    assert {path.stem for path in FOLDER.glob("*.json")} == {*PLANS, *CLASSES}


ORDERS = {lesson.order: lesson.cards for lesson in LESSONS.values() if lesson.key != SHORT}
PLAYED = {
    "class-a": [(4, 0), (5, 0), (6, 1), (6, 3), (6, 4)],
    "class-b": [(1, 1), (1, 2), (1, 3), (1, 5), (2, 1), (2, 2), (2, 4), (3, 1), (3, 3), (7, 0), (8, 1), (8, 2)],
    "class-c": [(10, 0), (11, 0), (8, 5)],
    "class-d": [(12, 0), (9, 0), (4, 6)],
}
"""Lesson and card of each class; card 0: all of them."""


@pytest.mark.parametrize("key", PLAYED)
def test_a_class_plays_the_cards_of_its_article_and_splits_them_at_the_discussion(key: str) -> None:
    told = CLASSES[key]
    wanted = [
        card.name
        for order, number in PLAYED[key]
        for card in (ORDERS[order] if number == 0 else ORDERS[order][number - 1 : number])
    ]
    assert sorted(card.name for card in told.cards) == sorted(wanted)
    assert 0 < told.split < len(told.cards)
    assert {*told.articles} <= articles().keys()


def sentences(unit: Unit) -> list[dict[str, str]]:
    if unit.whole:
        return [dict(each) for each in (unit.title, *(getattr(unit.whole, key) for key in ("vote", "truth", "show")))]
    told = PLANS[unit.key]
    prompts = [each for prompt in told.cards.values() for each in (prompt.say, prompt.expect)]
    return [dict(each) for each in (told.needs, told.opening, told.detours, told.homework, *prompts)]


@pytest.mark.parametrize("key", UNITS)
def test_what_a_teacher_is_told_is_whole_in_every_language(key: str) -> None:
    for said in sentences(UNITS[key]):
        assert said.keys() == {*LANGUAGES}
        assert all(said.values())
        assert sorted(PLACE.findall(said["en"])) == sorted(PLACE.findall(said["zh"]))
        assert untidy(PLACE.sub("7", said["zh"])) == []


def test_a_class_takes_ninety_minutes_and_its_cards_stay_within_them() -> None:
    assert sum(stage.minutes for stage in STAGES) == 90
    for key in CLASSES:
        spans = [
            (int(a), int(b))
            for a, b in re.findall(r"<td>(\d+)–(\d+)</td>", DOCUMENTS["plan"](UNITS[key], EDITIONS["en"]))
        ]
        first = [pair for pair in spans if pair[0] < 45]
        assert len(first) == CLASSES[key].split
        assert all(20 <= begin < end <= 45 for begin, end in first)
        assert all(55 <= begin < end <= 75 for begin, end in spans[len(first) :])


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", UNITS)
def test_a_plan_says_what_to_say_and_opens_each_card_for_the_projector(key: str, lang: str) -> None:
    unit, edition = UNITS[key], EDITIONS[lang]
    document = DOCUMENTS["plan"](unit, edition)
    found = [opened(link) for link in links_of(document)]
    assert [(page, query["view"]) for page, query in found] == [(card.page, "present") for card in unit.cards]
    assert [CARDS[LESSONS[q["lesson"]].cards[int(q["card"]) - 1].name] for _, q in found] == [*unit.cards]
    for card in unit.cards:
        assert words(edition.said(card, prompt_of(card).say)) in words(document)
    assert not {*"{}"} & {*seen(document)}


# ---- key ----


@pytest.mark.parametrize("key", ["iou", pytest.param("log", marks=pytest.mark.slow)])
def test_a_key_has_the_right_answer_and_a_solution_that_fulfils_the_goal_and_a_picture_of_it(key: str) -> None:
    unit = UNITS[key]
    for lang, edition in EDITIONS.items():
        document = DOCUMENTS["key"](unit, edition)
        right = re.findall(r'<li class="lz-right">(.*?)</li>', document)
        assert right == [edition.said(card, card.choices[card.right - 1]) for card in unit.cards]
        assert document.count("data:image/svg+xml") == sum(bool(card.solution) for card in unit.cards)
        found = iter(opened(link) for link in links_of(document))
        for card in unit.cards:
            assert words(edition.said(card, card.why)) in words(document)
            if card.goal:
                page, query = next(found)
                state = subjects()[page].reads(query)[0]
                assert all(fulfilled(test, facts_of(page, state)) for test in card.goal), (card.name, lang)
        assert not {*"{}"} & {*seen(document)}


def test_a_number_that_was_asked_for_is_in_the_key() -> None:
    assert "The number: 748, within 0.2%." in seen(DOCUMENTS["key"](UNITS["log"], EDITIONS["en"]))


@pytest.mark.parametrize("name", ["iou/flat", "answers/shape", "gradients/race", "reductions/kl", "numbers/cage"])
def test_a_picture_of_a_solution_is_small_well_formed_and_always_the_same(name: str) -> None:
    drawn = solved_picture(name, "zh")
    assert ET.fromstring(drawn).tag.endswith("svg")
    assert len(drawn) < 400_000
    solved_picture.cache_clear()
    assert solved_picture(name, "zh") == drawn
    assert described(name, "zh")


def test_a_card_without_a_state_has_no_picture() -> None:
    assert solved_picture("log/avg", "en") == b""


# ---- handout ----


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", UNITS)
def test_a_handout_asks_everything_and_answers_nothing(key: str, lang: str) -> None:
    unit, edition = UNITS[key], EDITIONS[lang]
    document = DOCUMENTS["handout"](unit, edition)
    asked, _, remembered = document.partition("<footer>")
    for number, (card, section) in enumerate(zip(unit.cards, asked.split("<section>")[1:], strict=True), 1):
        (link,) = links_of(section)
        page, query = opened(link)
        assert (page, query["lesson"], query["class"], query["lang"]) == (card.page, card.lesson, "night-b", lang)
        assert LESSONS[card.lesson].cards[int(query["card"]) - 1] == card
        assert "role" not in query
        assert section.count("<img") == 1, "the QR code"
        assert section.count(BOX) in (len(card.choices) + 2, len(card.choices) + 3)
        assert section.count(LINE) == (section.count(BOX) == len(card.choices) + 2)
        assert f"<b>{number}.</b>" in section
        ticked = re.findall(f"{BOX}(.*?)</li>", section)[:-2]
        assert ticked == [edition.said(card, card.choices[n - 1]) for n in card.order]
        assert words(edition.of(card.title)) not in words(section).replace(words(edition.said(card, card.ask)), "")
    assert remembered.count("<li>") == remembered.count(LINE) == len(unit.cards)
    assert "lz-right" not in document
    assert not {*"{}"} & {*seen(document)}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_a_sentence_to_remember_has_one_gap_always_the_same_and_is_whole_with_its_word(name: str, lang: str) -> None:
    sentence = plain(CARDS[name], CARDS[name].take, Text(lang))
    gap = gap_in(sentence, lang, name)
    assert gap.before + gap.word + gap.after == sentence
    assert gap == gap_in(sentence, lang, name)
    assert gap.word.strip() == gap.word != ""
    assert gap.word not in gap.before + gap.after, "the sentence tells"


def test_a_sentence_without_a_word_of_the_field_has_no_gap() -> None:
    with pytest.raises(ValueError, match="no gap"):
        gap_in("It rains.", "en", "x")
    assert gap_in("From 12,800 on it is −0.5.", "en", "b").word in ("12,800", "−0.5")


# ---- every document ----


@pytest.mark.parametrize("kind", [*LIGHT, "keys"])
def test_a_document_as_a_file_is_whole_asks_nobody_and_never_says_that_a_teacher_looks(kind: str) -> None:
    for lang, edition in EDITIONS.items():
        for unit in (UNITS["bce"], UNITS["class-c"]) if kind != "keys" else [UNITS["iou"]]:
            file = file_of(kind, unit, edition)
            assert file == file_of(kind, unit, edition)
            assert file.startswith(f'<!doctype html>\n<html lang="{"zh-Hans" if lang == "zh" else "en"}')
            assert not re.search(r"<(script|link|iframe|object)|@import|url\(", file)
            assert all(source.startswith("data:image/") for source in re.findall(r'src="([^"]*)"', file))
            if kind != "keys":
                assert not any("role" in opened(link)[1] for link in links_of(file))


@pytest.mark.parametrize("kind", [*LIGHT, "keys"])
def test_chinese_documents_are_tidy(kind: str) -> None:
    for unit in UNITS.values() if kind != "keys" else [UNITS["iou"]]:
        document = DOCUMENTS[kind](unit, EDITIONS["zh"]).replace(LINE, "□").replace(BOX, "□")
        blocks = re.split(r"</?(?:p|li|td|th|h1|h2|section|header|br|code)\b[^>]*>", document)
        said = [unescape(re.sub(r"<small>[^<]*</small>|<[^>]*>", "", block)) for block in blocks]
        assert [found for block in said for found in untidy(re.sub(r"http\S+", "", block))] == []


@pytest.mark.parametrize("kind", ABOUT_A_UNIT)
def test_the_word_of_a_class_is_text_and_never_markup(kind: str) -> None:
    unit = UNITS["printed"]
    nasty = '<img src=x onerror="alert(1)">'
    document = DOCUMENTS[kind](unit, Edition(Text("en"), "http://class.example", nasty))
    assert "<img src=x" not in document
    assert nasty in unescape(document) or kind in ("plan", "key")


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://", "ftp://x", 'http://x"y', "http://x y", "http://x?a=b", "x", ""]
)
def test_links_lead_to_a_server_and_to_nothing_else(address: str) -> None:
    assert site_of("https://lossviz.example:8501/r1/") == "https://lossviz.example:8501/r1"
    with pytest.raises(ValueError, match="expected an address"):
        site_of(address)


# ---- links ----


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("key", UNITS)
def test_the_list_for_the_projector_has_every_card_where_it_begins_with_its_question(key: str, lang: str) -> None:
    unit, edition = UNITS[key], EDITIONS[lang]
    entries = projected(unit.cards, edition.text)
    page, query = opened(list_link(entries, edition))
    visit, bad = visit_from(query, Visit(), PAGES)
    assert bad == ()
    assert (page, visit.view, visit.role, len(visit.slides)) == (unit.cards[0].page, "present", "student", len(entries))
    for card, entry, slide in zip(unit.cards, entries, visit.slides, strict=True):
        path, pairs, name, noted = parts_of(slide)
        reads = subjects()[path].reads
        assert (path, name) == (card.page, entry.name)
        assert reads(pairs)[0] == reads(card.query)[0]
        assert pairs.get("level", "1") == card.level
        assert card_at(pairs["lesson"], int(pairs["card"])) == card
        assert entry.note == noted == plain(card, card.ask, edition.text)
        assert edition.text.of(card.title) not in entry.name, "it may say the answer"


@pytest.mark.parametrize("key", ["iou", "class-b"])
def test_the_link_for_learners_names_lesson_and_class_and_hides_examples(key: str) -> None:
    page, query = opened(class_link(UNITS[key], EDITIONS["en"]))
    lesson = {"lesson": key} if key == "iou" else {}
    assert page == "lessons"
    assert query == {"lang": "en", **lesson, "hide": "examples.share", "class": "night-b"}
    assert "class" not in class_link(UNITS[key], Edition(Text("en")))


# ---- keys of links ----


def test_every_key_of_every_page_is_described_and_has_an_example_that_opens() -> None:
    found = keys()
    assert {key.name for key in found if not key.page} == {*EVERYWHERE} == {"v", *VISIT_KEYS}
    for path in PAGES:
        if PAGES[path]:
            own = [key.name for key in found if key.page == path]
            assert own == [*EVERY[path].keys.values()], path
    for key in found:
        page, query = opened(f"http://class.example/{key.example}")
        assert key.name in query
        reads = PAGES[page]
        assert not key.page or (key.page == page and reads and key.name in reads(query)[0].to_query()), key
        for lang in LANGUAGES:
            said = meaning(key, Text(lang))
            assert said
            assert f"({key.name})" not in said
            assert f"（{key.name}）" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_of_keys_lists_them_all_and_what_hide_takes(lang: str) -> None:
    document = DOCUMENTS["keys"](UNITS["iou"], EDITIONS[lang])
    assert document.count("<li>") == len(keys()) + len(HIDEABLE)
    for name in HIDEABLE:
        assert f"<code>{name}</code> {Text(lang)(f'hides_{name}')}" in document


def test_every_page_s_own_meaning_of_a_key_is_that_of_a_key_which_it_has() -> None:
    own = {tuple(key.split("_")[2:4]) for key in catalogue("en") if key.startswith("link_here_")}
    assert own <= {(key.page, key.name) for key in keys()}


def test_the_pages_read_their_links_here_as_the_app_does() -> None:
    assert {path: subject.reads for path, subject in EVERY.items()} == {
        path: reads for path, reads in PAGES.items() if reads
    }


def test_chinese_meanings_have_only_names_in_latin_letters() -> None:
    left = {key: latin(meaning(key, Text("zh"))) for key in keys()}
    assert {key.name: found for key, found in left.items() if found} == {}


# ---- state ----


@pytest.mark.parametrize("see", SEES)
@pytest.mark.parametrize("plan", ["", *CLASSES])
def test_what_a_teacher_looks_at_survives_the_trip_through_the_address(see: str, plan: str) -> None:
    state = LessonsState(see, plan)
    assert from_query(state.to_query()) == (state, ())
    assert {*state.to_query()} <= {"v", *KEYS.values()}


def test_nonsense_opens_the_plan() -> None:
    assert from_query({"see": "secret", "plan": "class-z"}) == (PLAIN, ("see", "plan"))
