"""A server's only script: it runs the one that the address names, of the folder ``LOSSVIZ_TRIED``."""

import os
from pathlib import Path

import streamlit as st

script = Path(os.environ["LOSSVIZ_TRIED"]) / f"{st.query_params['script']}.py"
exec(compile(script.read_text("utf-8"), script.name, "exec"))
