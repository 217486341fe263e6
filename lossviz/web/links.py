"""Whole links: to a state, to a list, for whoever is in the same network; and their QR codes."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from lossviz.core.hosts import here, in_network, loopback
from lossviz.core.slides import without_notes
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.web import session
from lossviz.web.html import note
from lossviz.web.session import Memory

REPLICA = "X-Lossviz-Replica"
"""The header in which nginx says which of several replicas a page comes from (``assets/deploy/nginx.conf``)."""


def address(query: Mapping[str, str], path: str = "") -> str:
    """Return the whole link of a query on this page, or on another one."""
    page = for_all((st.context.url or "").partition("?")[0], st.context.headers.get(REPLICA))
    page = f"{page.rpartition('/')[0]}/{path}" if path else page
    return f"{page}?{urlencode(query)}" if query else page


def for_all(url: str, replica: str | None) -> str:
    """Return an address without the name of the replica that serves it: whoever opens the link is given one of his own."""
    parts = urlsplit(url)
    if not replica or not f"{parts.path}/".startswith(f"/{replica}/"):
        return url
    return urlunsplit(parts._replace(path=parts.path.removeprefix(f"/{replica}") or "/"))


def link_of(memory: Memory, visit: Visit | None = None) -> str:
    """Return the link to what one sees; it never says that a teacher looks."""
    return address(memory.query(replace(visit or memory.visit, role="student")))


def for_class(visit: Visit) -> Visit:
    """Return what a student's link says: the page as it is, the list without notes."""
    return replace(visit, view="page", slides=without_notes(visit.slides))


def alone(text: Text) -> str:
    """Return what to mind where links lead to this machine alone, as HTML; empty where they lead others here."""
    link = address({})
    return note(text("links_alone", address=in_network(link, here()))) if loopback(link) else ""


def link_for(memory: Memory, visit: Visit, number: int = 0) -> str:
    """Return the link that opens a list at one of its states, counted from 0."""
    path, query = session.slide_query(memory, replace(visit, role="student"), number)
    return address(query, path)
