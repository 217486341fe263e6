"""The ten words one needs, each with a picture."""

from lossviz.lessons.widgets.words import page
from lossviz.web.session import Page

PAGE = Page("words", 11, page, whole=True, titled=True, listed=False)
