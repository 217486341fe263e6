"""The lessons: all of them, and each one's summary."""

from lossviz.lessons.widgets.contents import contents
from lossviz.web.session import Page

PAGE = Page("lessons", 1, contents, whole=True, titled=True)
