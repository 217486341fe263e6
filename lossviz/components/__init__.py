"""Streamlit components of our own: plain ES modules, no build step."""
