"""The app as ``app.py`` serves it, for the tests: each visitor's script runs through ``fresh.py``."""

from pathlib import Path

from streamlit.starlette import App

from app import routes, warmed

app = App(Path(__file__).with_name("fresh.py"), lifespan=warmed, routes=routes)
