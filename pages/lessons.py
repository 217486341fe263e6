"""The lessons: all of them, and each one's summary; the teacher's side."""

from lossviz.lessons.state import from_query
from lossviz.lessons.widgets.contents import contents
from lossviz.web.session import Page

PAGE = Page("lessons", 1, contents, reads=from_query, whole=True, titled=True)
