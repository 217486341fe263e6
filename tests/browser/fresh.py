"""What the tests' servers run for every visitor: the script that ``LOSSVIZ_TRIED`` names, or one of that folder.

An address that says ``fresh`` empties the page and the session: whoever comes next in this window is a new visitor, without
loading the page's programs again.
"""

import os
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

TRIED = Path(os.environ["LOSSVIZ_TRIED"])


def empty(mark: str) -> None:
    """Nothing but a mark that it is empty."""
    st.html(f"<i data-testid='fresh' data-value='{mark}'></i>")


def empty_app(mark: str) -> None:
    """The same under the addresses of all pages."""
    from pages import all_pages

    known = [
        st.Page(lambda: empty(mark), title=page.path, url_path=page.path, default=page.order == 0)
        for page in all_pages()
    ]
    st.navigation(known, position="hidden").run()


def forget() -> None:
    """Nothing of the visitor's own; what the widgets say goes by itself, since none is drawn."""
    context = get_script_run_ctx()
    assert context
    kept = context.session_state.filtered_state
    widgets = {name for name in kept if context.session_state._state._get_widget_id(name) != name}
    for name in kept.keys() - widgets:
        del st.session_state[name]


if "fresh" in st.query_params:
    mark = st.query_params["fresh"]
    forget()
    (empty if TRIED.is_dir() else empty_app)(mark)
else:
    script = TRIED / f"{st.query_params['script']}.py" if TRIED.is_dir() else TRIED
    exec(compile(script.read_text("utf-8"), str(script), "exec"))
