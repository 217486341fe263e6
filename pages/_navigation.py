"""The list of pages: every file beside this one that has a ``PAGE``."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import streamlit as st

import pages
from lossviz import session
from lossviz.frame import frame
from pages import Page


def found() -> list[Page]:
    """The pages in the order of the menu."""
    names = [module.name for module in iter_modules([str(Path(pages.__file__).parent)])]
    modules = [import_module(f"pages.{name}") for name in names if not name.startswith("_")]
    return sorted((module.PAGE for module in modules), key=lambda page: page.order)


def navigate() -> None:
    """Draw the page the address asks for."""
    listed = found()
    text = session.hear()
    shown = {
        st.Page(page.show, title=text(f"page_{page.path}"), url_path=page.path, default=page.order == 0): page.path
        for page in listed
    }
    chosen = st.navigation(list(shown), position="top")
    frame(session.arrive(shown[chosen]))
    chosen.run()


navigate()
