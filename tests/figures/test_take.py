"""From a link to a file: what a link may say, what a file is called, what it says of itself."""

import io
import zlib
from contextlib import nullcontext, suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.drawn import drawn_whole
from matplotlib.figure import Figure
from PIL import Image

import lossviz
from lossviz.core.text import Text
from lossviz.figures.ask import figure
from lossviz.figures.caption import Imprint, address
from lossviz.figures.look import LOOKS, PLOT, POST, SIZES, Look, size_of
from lossviz.figures.page import NoRoomError, page
from lossviz.figures.registry import FIGURES
from lossviz.figures.subjects import subjects
from lossviz.figures.take import Order, file_name, known, look_of, opened

ENGLISH = Text("en")
SVG = "{http://www.w3.org/2000/svg}"


def test_every_page_with_a_state_is_found_by_its_file_and_reads_its_own_links() -> None:
    found = subjects()
    assert {path for path, subject in found.items() if subject.content} == {
        *("lab", "overlap", "race", "assignment", "objectness", "decode", "zoo", "ledger")
    }
    for path, subject in found.items():
        state, bad = subject.reads({})
        assert (subject.path, bad, state.to_query()) == (path, (), {})
        assert all(known(key, subject) for key in subject.keys.values())


@pytest.mark.parametrize(
    "link",
    [
        "lab?scene=voc",
        "lab?scene=voc # ",
        "/lab/?scene=voc",
        "http://127.0.0.1:8501/r1/lab?scene=voc&lang=zh&level=2#A%20title",
    ],
)
def test_a_link_is_a_whole_address_or_its_end(link: str) -> None:
    one = opened(link)
    assert (one.subject.path, one.state.scene, one.site) == ("lab", "voc", "")
    assert (one.title, one.visit.lang) == (("A title", "zh") if "#A" in link else ("", "en"))
    assert one.link == ("lab?level=2&v=1&scene=voc" if "#A" in link else "lab?v=1&scene=voc")


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("", "expected the link of a page with figures"),
        ("nowhere?x=1", "expected the link of a page with figures"),
        ("articles", "expected the link of a page with figures"),
        ("lab?scen=coffee", "unknown key 'scen'"),
        ("lab?scene=nowhere", "scene must be one of"),
        ("objectness?t=7", "must lie between 0 and 1, not 7"),
        ("lab?level=9", "must be one of 1, 2, 3, not 9"),
        ("lab?" + "&".join(f"k{n}=1" for n in range(99)), "at most 60 keys"),
        ("lab?raw=" + "9" * 20_000, "expected the link of a page with figures"),
        ("lab#" + "a" * 300, "at most 200 printable letters"),
        ("lab#И", "letters that the pictures' font has in a title or credit, not 'И'"),
        ("javascript://x/lab", "expected an address such as"),
        ("http://user:word@a.example/lab", "expected an address such as"),
        ("http://[::1/lab", "expected an address such as"),
    ],
)
def test_a_bad_link_is_refused_in_one_sentence(link: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        opened(link)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("link", "site", "expected"),
    [
        ("lab?v=1", "", "lab?lang=zh&v=1"),
        ("lab", "", "lab?lang=zh"),
        ("lab?v=1", "https://a.example/x", "https://a.example/x/lab?lang=zh&v=1"),
        ("http://127.0.0.1:8501/lab?lang=en&v=1", "", "lab?lang=en&v=1"),
        ("http://localhost:8501/r1/lab?v=1", "https://a.example", "https://a.example/lab?v=1"),
        ("https://b.example/x/lab?v=1", "", "https://b.example/x/lab?v=1"),
        ("", "https://a.example", ""),
    ],
)
def test_a_caption_leads_to_the_site_and_never_to_one_machine_alone(link: str, site: str, expected: str) -> None:
    assert address(link, site, "zh") == expected


def test_the_site_is_what_was_said_then_the_environments_then_the_links(monkeypatch: pytest.MonkeyPatch) -> None:
    one = opened("https://link.example/lab")

    def site(order: Order) -> str:
        return next(iter(order.files(one))).imprint.site

    assert site(Order()) == "https://link.example"
    monkeypatch.setenv("LOSSVIZ_SITE", "https://public.example/lossviz/")
    assert site(Order()) == "https://public.example/lossviz"
    assert site(Order(imprint=Imprint(site="https://said.example"))) == "https://said.example"
    monkeypatch.setenv("LOSSVIZ_SITE", "ftp://nowhere")
    with pytest.raises(ValueError, match="LOSSVIZ_SITE: expected an address"):
        site(Order())


def test_files_of_different_states_figures_languages_sizes_and_looks_have_different_names() -> None:
    looks = [look_of(size, look) for size in SIZES for look in LOOKS]
    names = [
        file_name(figure, one.content, lang, look, kind)
        for one in map(opened, ("overlap", "overlap?measure=iou", "objectness", "objectness?t=0.5"))
        for figure in one.figures.values()
        for lang in ("en", "zh")
        for look in looks
        for kind in ("png", "svg")
    ]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and len(name) < 140 and "/" not in name for name in names)
    assert "lossviz-overlap-boxes-giou-en-post-light.png" in names


def test_a_names_number_is_that_of_the_state_and_the_default_state_has_none() -> None:
    one, plain = opened("objectness?t=0.5"), opened("objectness")
    figure = FIGURES["objectness"]["objectness_curves"]
    assert one.content.query == {"v": "1", "t": "0.5"}
    assert f"-{zlib.crc32(b't=0.5&v=1'):08x}-" in file_name(figure, one.content, "en", Look(), "png")
    assert file_name(figure, plain.content, "en", Look(), "csv") == "lossviz-objectness-curves-bce-squared.csv"


def test_a_png_has_the_pixels_that_were_asked_for_and_says_what_it_is() -> None:
    for size, pixels in (
        ("1200x630", (1200, 630)),
        ("square", (2160, 2160)),
        ("post", (2400, 1350)),
        ("400x500", (400, 500)),
    ):
        made = figure("objectness", size=size, credit="A. Author", lang="zh")
        with Image.open(io.BytesIO(made.data)) as image:
            assert image.size == pixels
            said = image.info
        assert (said["Author"], said["Description"]) == ("A. Author", made.alt)
        assert made.alt.startswith(said["Title"])


def test_an_svg_says_what_it_is_to_those_who_hear_it_and_escapes_it() -> None:
    made = figure("overlap", format="svg", size="plot", title="a < b & <script>alert(1)</script>")
    root = ElementTree.fromstring(made.data)  # our own file
    title, description = list(root)[:2]
    assert (title.tag, description.tag, root.get("role")) == (f"{SVG}title", f"{SVG}desc", "img")
    assert title.text == "a < b & <script>alert(1)</script>"
    assert description.text == made.alt
    assert b"<script" not in made.data


def test_a_pdf_has_a_title() -> None:
    made = figure("overlap", format="pdf", size="column", title="Two boxes, one truth")
    assert b"/Title (Two boxes, one truth)" in made.data
    assert b"/CreationDate" not in made.data


def test_a_plain_figure_has_no_ground_and_a_dark_one_a_dark_ground() -> None:
    corner = {}
    for look in LOOKS:
        with Image.open(io.BytesIO(figure("overlap", size="400x400", look=look).data)) as image:
            corner[look] = image.convert("RGBA").getpixel((1, 1))
    assert corner == {"light": (255, 255, 255, 255), "dark": (14, 17, 23, 255), "plain": (255, 255, 255, 0)}


def test_a_figure_alone_has_neither_title_nor_caption() -> None:
    one = opened("overlap")
    assert page(one.named("boxes"), one.content, ENGLISH, Look(PLOT)).texts == []
    assert len(page(one.named("boxes"), one.content, ENGLISH, Look(POST)).texts) > 2


LINKS = (
    *("lab", "lab?steps=3", "overlap", "overlap?measure=all", "race", "race?tab=all", "assignment", "decode"),
    *(
        "decode?tab=tensor",
        "decode?tab=passthrough",
        "objectness",
        "objectness?level=2&see=race",
        "zoo",
        "zoo?tab=distributions",
    ),
    *("zoo?tab=reductions", "zoo?tab=stability", "ledger", "ledger?with=darknet_v2.darknet_v3.mmdet_v3.yunyang_v3"),
)
OTHERS = [(name, lang) for name in ("square", "plot", "1200x630", "800x600", "500x1100") for lang in ("en", "zh")]


@pytest.mark.parametrize(
    ("link", "sizes"),
    [
        *((link, [OTHERS[n % len(OTHERS)]]) for n, link in enumerate(LINKS[:6])),
        *(pytest.param(link, OTHERS, marks=pytest.mark.slow) for link in LINKS),
    ],
)
def test_nothing_is_cut_off_in_any_size_that_has_room(link: str, sizes: list[tuple[str, str]]) -> None:
    one, drawn = opened(link), 0
    for shown in list(one.figures.values())[: None if len(sizes) > 1 else 2]:
        for name, lang in sizes:
            with suppress(NoRoomError) if name not in SIZES else nullcontext():
                drawn_whole(shown, one.content, [(size_of(name), lang, False)])
                drawn += 1
    assert drawn


@pytest.mark.parametrize(
    "name", ["", "poster", "1200", "100x100", "5000x5000", "1200x400", "1000x3000", "320x320", "١٢٠٠x630"]
)
def test_a_size_that_cannot_be_drawn_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^expected a"):
        size_of(name)


def test_a_figure_too_high_for_a_size_is_refused_and_the_sentence_says_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"^expected a higher size than 500x640 .+\(column, plot\)$"):
        figure("overlap?measure=all", "referee", size="500x640")


def test_words_are_a_file_too_and_numbers_are_the_same_in_every_language() -> None:
    words = figure("race", format="txt", lang="zh", title="赛跑")
    assert words.data.decode() == f"图注\n{words.caption}\n\n替代文本\n{words.alt}\n"
    assert words.caption.startswith("赛跑。")
    assert figure("race", format="csv", lang="zh").data == figure("race", format="csv").data


def test_python_has_the_figure_that_the_page_shows_and_saves_it(tmp_path: Path) -> None:
    made = lossviz.figure("decode?tab=tensor", format="svg", size="column", look="dark")
    assert made.save(tmp_path / "new").read_bytes() == made.data
    assert made.name.startswith("lossviz-decode-tensor-")
    assert "image/svg+xml" in made._repr_mimebundle_()
    with pytest.raises(ValueError, match="expected one of the figures of this state"):
        lossviz.figure("lab", "steps")
    with pytest.raises(ValueError, match="expected one of png, svg, pdf, csv, txt, gif, webp, html, not 'bmp'"):
        lossviz.figure("lab", format="bmp")
    assert set(lossviz.__all__) <= set(dir(lossviz))
    with pytest.raises(AttributeError):
        lossviz.nothing  # noqa: B018


def test_a_dollar_in_a_title_is_a_dollar_and_an_entry_of_a_list_does_no_harm() -> None:
    for title in ("a $x^$", "从 $5 到 $6 的讲解：凸函数", r"\$5 and t_x, Müller"):
        made = figure("overlap?slides=x", title=title, size="400x400")
        assert made.caption.startswith(title)
    assert next(line.get_text() for line in page_of("from $5 to $6").texts) == r"from \$5 to \$6"


def page_of(title: str) -> Figure:
    one = opened("overlap")
    return page(one.named("boxes"), one.content, ENGLISH, Look(POST), Imprint(title))
