"""The subject of the first page."""
