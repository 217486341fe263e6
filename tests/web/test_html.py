"""Words that explain themselves on a page, and indices below the line."""

import re
from html import unescape

import pytest

from lossviz.core.text import LANGUAGES, Text, catalogue
from lossviz.core.words import FORMS, WORDS, form_of, meaning
from lossviz.web.html import about, glossed, label, passage

EN = Text("en")
EXPLAINED = re.compile(r'<span class="lz-about" role="button" tabindex="0" title="([^"]*)">([^<]*)</span>')


def explained(markup: str) -> list[tuple[str, str]]:
    """Each word that explains itself, with what it says."""
    return [(word, unescape(said)) for said, word in EXPLAINED.findall(markup)]


def test_only_the_first_of_each_word_explains_itself_and_nothing_else_is_changed() -> None:
    markup = '<p title="a predictor">No <b>Predictors</b>: a predictor of a head, of <i>heads</i> &lt;cell</p>'
    found = glossed(markup, EN)
    assert explained(found) == [
        (word, meaning(key, EN))
        for word, key in zip(("Predictors", "head", "cell"), ("predictor", "head", "cell"), strict=True)
    ]
    assert EXPLAINED.sub(r"\2", found) == markup


def test_a_word_within_another_is_none_and_what_explains_itself_already_is_left() -> None:
    assert (
        glossed("excellent headroom, deltas, cellular, unprinted", EN)
        == "excellent headroom, deltas, cellular, unprinted"
    )
    floor = about("floor", "said here")
    assert glossed(f"{floor} and the irreducible loss", EN).startswith(floor)
    assert explained(glossed(f"{floor} and the irreducible loss", EN))[1][0] == "irreducible loss"


def test_only_the_words_that_are_asked_for_are_explained() -> None:
    assert explained(glossed("predictor, head", EN, "head")) == [("head", meaning("head", EN))]


def test_the_reducible_loss_is_not_found_in_the_irreducible_one() -> None:
    for lang, words in (("en", "irreducible loss, reducible loss"), ("zh", "不可约损失与可约损失")):
        text = Text(lang)
        found = explained(glossed(words, text, "excess"))
        assert found == [(words[-len(found[0][0]) :], meaning("excess", text))]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_is_known_in_every_language_and_its_meaning_is_a_sentence(lang: str) -> None:
    assert FORMS[lang].keys() == WORDS.keys()
    for word in WORDS:
        assert meaning(word, Text(lang)).endswith(("。", "."))
        assert any(form_of(word, lang).search(said) for said in catalogue(lang).values())


def test_what_stands_between_backticks_is_code_and_the_rest_is_text() -> None:
    assert passage("`make <test>` prints & a head", EN) == (
        f"<p><code>make &lt;test&gt;</code> prints &amp; a {about('head', meaning('head', EN))}</p>"
    )


def test_a_name_in_a_label_is_text_whatever_it_would_mean_in_markdown() -> None:
    assert label(":material/close: **x** [a](http://b) $y$") == r"\:material/close\: \*\*x\*\* \[a\](http\://b) \$y\$"
    assert label("Which way? 往哪个方向？") == "Which way? 往哪个方向？"
