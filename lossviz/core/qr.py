"""A link as a QR code."""

from html import escape

import segno

from lossviz.core.text import Text


def qr(link: str, text: Text) -> str:
    """Return the link as a QR code, black on white whatever the theme, or a note where it is too long for one."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        return f'<p class="lz-quiet">{escape(text("qr_too_long"))}</p>'
    image = escape(code.svg_data_uri(border=3, light="white", dark="black", scale=4))
    return f'<img src="{image}" alt="{escape(text("qr_alt"))}">'
