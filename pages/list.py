"""The list of states for a class: names, notes, order, what each hides."""

from lossviz.web.class_list import page
from lossviz.web.session import Page

PAGE = Page("list", 12, page, whole=True, listed=False, titled=True)
