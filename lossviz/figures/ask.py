"""A figure of a link, for whoever writes Python."""

from collections.abc import Sequence

from lossviz.core.hosts import site_of
from lossviz.core.languages import LANGUAGES
from lossviz.figures.caption import Imprint
from lossviz.figures.moving.film import FPS, MOVING, film, speed_of
from lossviz.figures.moving.motion import swept
from lossviz.figures.take import KINDS, Order, Picture, legible, look_of, opened, take


def figure(  # noqa: PLR0913 - what the command takes, by the same names
    link: str,
    figure: str = "",
    *,
    lang: str = "",
    format: str = "png",
    size: str = "post",
    look: str = "light",
    title: str = "",
    credit: str = "",
    site: str = "",
    sweep: str | Sequence[str] = (),
    fps: int = FPS,
) -> Picture:
    """Return a figure of a link as a file: ``lossviz.figure("lab?scene=coffee&level=3", format="svg").save()``.

    ``link``: a page's address, or its end. ``figure``: a name that ``lossviz figures`` lists; nothing said, the one on the
    page's screen. ``format``: png, svg, pdf, csv or txt; gif, webp or html for a figure that moves: ``sweep`` says along
    what (``"x=9..13:60"``, two of them for a grid), ``fps`` how fast. ``size``: post, column, square, plot or 1200x630.
    ``look``: light, dark or plain. ``site``: where the caption's link leads; else LOSSVIZ_SITE, else the link's own server.

    Raises: ValueError, one sentence, for whatever cannot be read or drawn.
    """
    for value, choices in ((format, (*KINDS, *MOVING)), (lang or "en", tuple(LANGUAGES))):
        if value not in choices:
            raise ValueError(f"expected one of {', '.join(choices)}, not {value!r}")
    if sweep and format not in MOVING:
        raise ValueError(f"expected the format {', '.join(MOVING)} with a sweep, not {format!r}")
    imprint = Imprint(legible(title), legible(credit), site_of(site) if site else "")
    order = Order((figure,), (lang,) if lang else (), (format,), (look_of(size, look),), imprint)
    one = opened(link)
    (asked,) = order.files(one)
    if format not in MOVING:
        return take(one, asked)
    sweeps = (sweep,) if isinstance(sweep, str) else tuple(sweep)
    return film(swept(one, sweeps), asked, speed_of(fps))
